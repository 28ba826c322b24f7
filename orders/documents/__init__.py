"""Legal papers of an order."""
