"""`manage.py bench`: the house measured as a ratio, beside plain SQL that writes as little as an order can."""
