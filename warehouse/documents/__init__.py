"""Papers of the warehouse floor."""
