"""Phone numbers in any format have one normal form, and are found by what people remember of them."""

import pytest

from orders.phones import endings, is_nonsense, normal_form, problem, shown

MOBILE = "+4915112345678"


@pytest.mark.parametrize(
    ("phone", "country", "normal"),
    [
        ("0151 123 45678", "DE", MOBILE),
        ("+49 (0)151 12345678", "", MOBILE),
        ("0049151/12345678", "US", MOBILE),
        ("(0151) 12345678 ext. 12", "DE", MOBILE),
        ("(415) 555-2671 x123", "US", "+14155552671"),
        ("06 698 12345", "IT", "+390669812345"),
        ("8 912 345 67 89", "RU", "+79123456789"),
        ("0151 123 45678", "", ""),
        ("call me", "DE", ""),
        ("1", "DE", ""),
        ("1" * 30, "DE", ""),
        ("", "DE", ""),
    ],
)
def test_the_normal_form(phone: str, country: str, normal: str) -> None:
    assert normal_form(phone, country) == normal


@pytest.mark.parametrize(
    "text",
    ["0151 123 45678", "+4915112345678", "0049 151 12345678", "+49 (0)151 12345678", "15112345678", "0151-12345678 x7"],
)
def test_what_people_type_ends_like_the_normal_form(text: str) -> None:
    assert [digits for digits in endings(text) if MOBILE.endswith(digits)]


@pytest.mark.parametrize("text", ["Ada", "", "12345", "web-10023", "00000000", "1" * 21])
def test_what_is_no_number(text: str) -> None:
    assert endings(text) == []


def test_a_number_that_is_dialled_with_an_eight() -> None:
    assert any("+79123456789".endswith(digits) for digits in endings("8 912 345-67-89"))


def test_shown_at_home_and_abroad() -> None:
    assert shown("+14155552671", for_country="US") == "(415) 555-2671"
    assert shown("4155552671", country="US", for_country="DE") == "+1 415-555-2671"
    assert shown("ask at the desk", country="DE") == "ask at the desk"


def test_odd_ones_are_flagged_and_nonsense_is_named() -> None:
    assert problem("+4915112345678") is None
    assert problem("") is None
    assert str(problem("+49 12", "")) == "No such number is given out in that country."
    assert str(problem("call me", "DE")) == "This can't be dialled."
    assert [is_nonsense(text) for text in ("call me", "-", "", "desk 3", "٣")] == [True, True, False, False, False]
