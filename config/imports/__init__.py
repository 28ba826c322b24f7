"""Orders made elsewhere, on their way into this house: read by `manage.py import_orders`, demo and tests."""
