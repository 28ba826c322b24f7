"""The warehouse floor's tables."""

from warehouse.models.badge import Badge
from warehouse.models.fulfillment import FulfillmentOrder, FulfillmentOrderLine
from warehouse.models.packing import (
    BoxType,
    MaterialStock,
    Package,
    PackageLine,
    PackageMaterial,
    PackingMaterial,
)
from warehouse.models.picking import PickList, PickTask, PutBackTask, ScanEvent
from warehouse.models.place import Bin, Warehouse
from warehouse.models.purchasing import (
    BackorderSupply,
    PurchaseOrder,
    PurchaseOrderLine,
    PutAwayTask,
    Receipt,
    ReceiptLine,
)
from warehouse.models.stock import Allocation, BinStock, Lot, StockLevel, StockMovement
from warehouse.models.supply import Backorder, Supplier, SupplierProduct

__all__ = [
    "Allocation",
    "Backorder",
    "BackorderSupply",
    "Badge",
    "Bin",
    "BinStock",
    "BoxType",
    "FulfillmentOrder",
    "FulfillmentOrderLine",
    "Lot",
    "MaterialStock",
    "Package",
    "PackageLine",
    "PackageMaterial",
    "PackingMaterial",
    "PickList",
    "PickTask",
    "PurchaseOrder",
    "PurchaseOrderLine",
    "PutAwayTask",
    "PutBackTask",
    "Receipt",
    "ReceiptLine",
    "ScanEvent",
    "StockLevel",
    "StockMovement",
    "Supplier",
    "SupplierProduct",
    "Warehouse",
]
