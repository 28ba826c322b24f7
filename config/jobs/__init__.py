"""Imports and exports that a worker does: taken by lease, with files in the storage."""
