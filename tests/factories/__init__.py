"""Rows that tests start from; everything after that happens through the services."""
