"""What the warehouse knows, ready to be read: querysets and frozen read models, never a lock."""
