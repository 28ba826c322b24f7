"""Papers that travel with a parcel."""
