"""The packer's screen as one read model: what to pack, what is in the package, and the box that fits."""

from dataclasses import dataclass

from warehouse.models import BoxType, FulfillmentOrder, FulfillmentOrderLine, Package, PackingMaterial
from warehouse.selectors.floor import lines_to_pack
from warehouse.selectors.packing import advise, advised_materials
from warehouse.states import PackageStatus


@dataclass(frozen=True, kw_only=True)
class LineToPack:
    """Units of a line: asked for, at the station, and in the open package."""

    row: FulfillmentOrderLine
    inside: int

    @property
    def left(self) -> int:
        return self.row.picked - self.row.packed

    @property
    def is_done(self) -> bool:
        return self.row.packed == self.row.quantity


@dataclass(frozen=True, kw_only=True)
class MaterialChoice:
    """A material, and how many pieces of it are advised."""

    material: PackingMaterial
    advised: int

    @property
    def field(self) -> str:
        return f"material_{self.material.code}"


@dataclass(frozen=True, kw_only=True)
class PackPage:
    """Everything on the screen."""

    row: FulfillmentOrder
    lines: tuple[LineToPack, ...]
    package: Package | None
    closed: tuple[Package, ...]
    boxes: tuple[BoxType, ...]
    advised_box: BoxType | None
    materials: tuple[MaterialChoice, ...]

    @property
    def units(self) -> int:
        return sum(line.row.quantity for line in self.lines)

    @property
    def packed(self) -> int:
        return sum(line.row.packed for line in self.lines)

    @property
    def inside(self) -> int:
        return sum(line.inside for line in self.lines)

    @property
    def left(self) -> int:
        return sum(line.left for line in self.lines)

    @property
    def is_done(self) -> bool:
        """Everything is in closed packages."""
        return bool(self.lines) and self.package is None and all(line.is_done for line in self.lines)


def pack_page(row: FulfillmentOrder) -> PackPage:
    """The advice is about what lies in the package, or before that about all that waits to be packed."""
    rows = row.packages.exclude(status=PackageStatus.VOIDED).select_related("box").order_by("pk")
    packages = list(rows.prefetch_related("lines"))
    package = next((p for p in packages if p.status == PackageStatus.OPEN), None)
    inside = {c.fulfillment_line_id: c.quantity for c in package.lines.all()} if package else {}
    lines = tuple(LineToPack(row=line, inside=inside.get(line.pk, 0)) for line in lines_to_pack(row))
    advice = advise((line.row.line.product, line.inside if inside else line.left) for line in lines)
    boxes = tuple(BoxType.objects.filter(is_active=True).order_by("inner_length_mm", "code"))
    wanted = advised_materials(advice)
    return PackPage(
        row=row,
        lines=lines,
        package=package,
        closed=tuple(p for p in packages if p.status != PackageStatus.OPEN),
        boxes=boxes,
        advised_box=next((box for box in boxes if advice and box.pk == advice.box_id), None),
        materials=tuple(
            MaterialChoice(material=material, advised=wanted.get(material.code, 0)) for material in active_materials()
        ),
    )


def active_materials() -> list[PackingMaterial]:
    """What packages can be protected with."""
    return list(PackingMaterial.objects.filter(is_active=True).order_by("purpose", "code"))
