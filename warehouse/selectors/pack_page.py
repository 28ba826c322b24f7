"""The packer's screen as one read model: what to pack, what is in the package, and the box that fits."""

from collections.abc import Mapping
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
    """A material, how many pieces of it are advised, and how many are meant."""

    material: PackingMaterial
    advised: int
    pieces: int

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
    box: str
    weight: str
    materials: tuple[MaterialChoice, ...]
    totes: tuple[str, ...] = ()

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


def pack_page(row: FulfillmentOrder, typed: Mapping[str, str]) -> PackPage:
    """The advice is about what lies in the package, or before that about all that waits to be packed.

    ``typed`` is what the packer chose before the seal was refused; it stands instead of the advice.
    """
    rows = row.packages.exclude(status=PackageStatus.VOIDED).select_related("box").order_by("pk")
    packages = list(rows.prefetch_related("lines"))
    package = next((p for p in packages if p.status == PackageStatus.OPEN), None)
    inside = {c.fulfillment_line_id: c.quantity for c in package.lines.all()} if package else {}
    lines = tuple(LineToPack(row=line, inside=inside.get(line.pk, 0)) for line in lines_to_pack(row))
    advice = advise((line.row.line.product, line.inside if inside else line.left) for line in lines)
    boxes = tuple(BoxType.objects.filter(is_active=True).order_by("inner_length_mm", "code"))
    wanted = advised_materials(advice)
    advised = next((box for box in boxes if advice and box.pk == advice.box_id), None)
    return PackPage(
        row=row,
        lines=lines,
        package=package,
        closed=tuple(p for p in packages if p.status != PackageStatus.OPEN),
        boxes=boxes,
        advised_box=advised,
        box=typed.get("box", advised.code if advised else ""),
        weight=typed.get("weight_g", ""),
        materials=tuple(_choice(material, wanted.get(material.code, 0), typed) for material in active_materials()),
        totes=tuple(row.totes.order_by("code").values_list("code", flat=True)),
    )


def _choice(material: PackingMaterial, advised: int, typed: Mapping[str, str]) -> MaterialChoice:
    pieces = typed.get(f"material_{material.code}", "")
    return MaterialChoice(
        material=material, advised=advised, pieces=int(pieces) if pieces.isascii() and pieces.isdecimal() else advised
    )


def active_materials() -> list[PackingMaterial]:
    """What packages can be protected with."""
    return list(PackingMaterial.objects.filter(is_active=True).order_by("purpose", "code"))
