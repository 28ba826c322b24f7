"""`manage.py demo`: a living shop on one machine, from one command."""
