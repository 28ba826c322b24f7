"""Real data shipped for the demo and the tests; where it comes from stands in NOTICE."""

from pathlib import Path

SAMPLE_INVOICES = Path(__file__).with_name("online_retail_sample.csv.gz")
SAMPLE_DIMENSIONS = Path(__file__).with_name("product_dimensions_sample.csv.gz")
