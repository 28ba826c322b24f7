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
from warehouse.models.picking import PickList, PickTask, PutBackTask, ScanEvent, Tote
from warehouse.models.place import Bin, Warehouse
from warehouse.models.purchasing import (
    BackorderSupply,
    PurchaseOrder,
    PurchaseOrderLine,
    PutAwayTask,
    Receipt,
    ReceiptLine,
)
from warehouse.models.sourcing import SourcingDecision, SourcingRule
from warehouse.models.stock import Allocation, BinStock, Lot, StockLevel, StockMovement
from warehouse.models.substitution import SubstitutionProposal
from warehouse.models.supply import Backorder, Supplier, SupplierProduct
from warehouse.models.wave import Wave, WaveSchedule

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
    "SourcingDecision",
    "SourcingRule",
    "StockLevel",
    "StockMovement",
    "SubstitutionProposal",
    "Supplier",
    "SupplierProduct",
    "Tote",
    "Warehouse",
    "Wave",
    "WaveSchedule",
]
