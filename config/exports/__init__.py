"""Our own files: orders and products as they can be imported again, here or elsewhere. See docs/import.md."""
