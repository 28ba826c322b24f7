"""Tables on their way out: which columns a model has, how values are written, rows from a server-side cursor."""
