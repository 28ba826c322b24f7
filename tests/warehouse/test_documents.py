"""The pick list on paper, read back by text and by scanner."""

import re
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from tests.papers import codes_of, margins_mm, pages_of, text_of
from warehouse.documents.pick_list import PickListPaper, PickListTask, render_pick_list

TASKS = (
    PickListTask(bin="A-01-02", sku="MUG-BLUE", name="Blauer Becher", quantity=2),
    PickListTask(bin="A-01-02", sku="MUG-GRÜN-9", name="Grüner Becher #9 *neu*", quantity=1000),
    PickListTask(bin="B-07-01", sku="TEA/日本", name="Tee", quantity=1),
)
PAPER = PickListPaper(
    number="PL-000123",
    language="de",
    warehouse="Berlin",
    released_at=datetime(2026, 11, 22, 9, 5, tzinfo=ZoneInfo("Europe/Berlin")),
    orders=("7K3M-92QX-H", "8J2N-11AB-C"),
    tasks=TASKS,
    picker="Paula",
)


def test_a_pick_list_walks_through_the_bins_in_order():
    text = text_of(render_pick_list(PAPER))

    assert text.startswith("Pickliste PL-000123")
    assert "Lager Berlin Freigegeben 22.11.2026, 09:05 Kommissionierer Paula" in text
    assert "Fächer 2 Einheiten 1.003 Bestellungen 7K3M-92QX-H, 8J2N-11AB-C" in text
    assert "Fach Artikel Menge A-01-02 Blauer Becher MUG-BLUE 2" in text
    assert "A-01-02 Grüner Becher #9 *neu* MUG-GRÜN-9 1.000 B-07-01 Tee TEA/日本 1" in text


def test_an_english_pick_list_without_a_picker():
    text = text_of(render_pick_list(replace(PAPER, language="en", picker="")))

    assert "Warehouse Berlin Released Nov 22, 2026, 9:05 AM Bins 2 Units 1,003 Orders" in text
    assert "Bin Item Quantity A-01-02" in text
    assert "Picker" not in text


def test_list_bins_and_skus_can_be_scanned():
    codes = codes_of(render_pick_list(PAPER))

    assert sorted(codes) == sorted(
        [
            ("]C0", "PL-000123"),
            ("]d1", "A-01-02"),
            ("]d1", "MUG-BLUE"),
            ("]d1", "A-01-02"),
            ("]d1", "MUG-GRÜN-9"),
            ("]d1", "B-07-01"),
            ("]d1", "TEA/日本"),
        ]
    )


def test_a_long_walk_repeats_its_head_on_every_page():
    tasks = tuple(
        PickListTask(bin=f"BIN-{number:03}", sku=f"S-{number:03}", name="x" * 90, quantity=1) for number in range(60)
    )

    pdf = render_pick_list(replace(PAPER, tasks=tasks))

    pages = pages_of(pdf)
    assert all("Fach" in page and f"Seite {n} von {len(pages)}" in page for n, page in enumerate(pages, 1))
    assert re.findall(r"BIN-\d{3}", " ".join(pages)) == [f"BIN-{number:03}" for number in range(60)]
    assert min(margins_mm(pdf)) >= 19.5
    scanned = [text for symbology, text in codes_of(pdf) if symbology == "]d1"]
    assert sorted(scanned) == sorted([task.bin for task in tasks] + [task.sku for task in tasks])
