"""The demo's post: an SMTP sink that keeps every mail as a file, and a page to read them at. Never in production."""
