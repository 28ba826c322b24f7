"""Reads printed papers back: their text, their barcodes, where their letters stand."""

import io

import pypdfium2
import zxingcpp
from pypdf import PdfReader


def pages_of(pdf: bytes) -> list[str]:
    """The words of each page in reading order, with single plain spaces."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]


def text_of(pdf: bytes) -> str:
    """The words of all pages."""
    return " ".join(pages_of(pdf))


def codes_of(pdf: bytes) -> list[tuple[str, str]]:
    """Symbology and text of every barcode, as a scanner reads them from paper printed at 200 dpi."""
    images = [page.render(scale=200 / 72).to_pil() for page in pypdfium2.PdfDocument(pdf)]
    return [(code.symbology_identifier, code.text) for image in images for code in zxingcpp.read_barcodes(image)]


def size_mm(pdf: bytes) -> tuple[int, int]:
    """Width and height of the first page."""
    width, height = pypdfium2.PdfDocument(pdf)[0].get_size()
    return round(width * 25.4 / 72), round(height * 25.4 / 72)


def margins_mm(pdf: bytes) -> tuple[float, float]:
    """The smallest distance of any letter from the left and from the right edge of its page."""
    left, right = [], []
    for page in pypdfium2.PdfDocument(pdf):
        text = page.get_textpage()
        boxes = [text.get_charbox(index) for index in range(text.count_chars())]
        left += [box[0] for box in boxes if box[2] > box[0]]
        right += [page.get_width() - box[2] for box in boxes if box[2] > box[0]]
    return min(left) * 25.4 / 72, min(right) * 25.4 / 72
