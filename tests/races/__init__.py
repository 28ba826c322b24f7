"""Real threads, real connections, real commits."""
