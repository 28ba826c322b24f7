"""Lines to plant: a good one, and the good one with some columns replaced."""

HEADER = b"InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
GOOD = "536365,85123A,WHITE HANGING HEART,6,2010-12-01 08:26:00,2.55,17850,United Kingdom"


def line(**columns: str) -> str:
    names = ["invoice", "code", "description", "quantity", "date", "price", "customer", "country"]
    return ",".join(columns.get(name, value) for name, value in zip(names, GOOD.split(","), strict=True))
