"""Real PostgreSQL and real Valkey from wheels: what a laptop and the tests run on when no URL is set.

`manage.py`, the WSGI file, Celery and `conftest.py` call `servers.start_if_needed`;
settings only compute `paths`.
"""
