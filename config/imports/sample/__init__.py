"""Data shipped for the demo, the tests and the docs; where it comes from stands in NOTICE."""

from pathlib import Path

SAMPLE_INVOICES = Path(__file__).with_name("online_retail_sample.csv.gz")
SAMPLE_DIMENSIONS = Path(__file__).with_name("product_dimensions_sample.csv.gz")
SHOPIFY_PRODUCTS = Path(__file__).with_name("shopify_products.csv")
SHOPIFY_ORDERS = Path(__file__).with_name("shopify_orders.csv")
WOOCOMMERCE_PRODUCTS = Path(__file__).with_name("woocommerce_products.csv")
