from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.datatypes import DATATYPES, FORMAT_CHECKS, is_chip, is_date, is_email, is_postcode
from forms.din91379 import is_name


@pytest.mark.parametrize("text", ["2024-02-29", "0001-01-01", "9999-12-31"])
def test_days_that_exist(text):
    assert is_date(text)


@pytest.mark.parametrize(
    "text",
    [
        "2023-02-29",
        "2024-13-01",
        "20240101",
        "2024-W01-1",
        "2024-1-1",
        "0000-01-01",
        "",
        "２024-01-01",
        "2024-01-01\n",
    ],
)
def test_days_that_do_not(text):
    assert not is_date(text)


@pytest.mark.parametrize(
    "text", ["a@b.de", "o'neil+tag@mail.example.org", "x@xn--kln-sna.de", "a" * 64 + "@b.de"]
)
def test_addresses_mail_reaches(text):
    assert is_email(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a@b",
        "@b.de",
        "a@",
        "a@@b.de",
        "a..b@c.de",
        ".a@b.de",
        "a@-b.de",
        "a@b.d",
        "a@b.1e",
        "a b@c.de",
        "a@b.de\n",
        "Name <a@b.de>",
        "a@[127.0.0.1]",
        "a" * 65 + "@b.de",
        "a@" + "b" * 64 + ".de",
        "a@" + "b." * 130 + "de",
    ],
)
def test_addresses_it_does_not(text):
    assert not is_email(text)


def test_postcodes():
    assert all(map(is_postcode, ["01067", "26789", "99998"]))
    assert not any(
        map(is_postcode, ["00000", "01000", "99999", "2678", "267890", "2678a", "٢٦٧٨٩", "26789\n", ""])
    )


def test_animal_chips():
    assert all(map(is_chip, ["276098102345678", "900000000000001", "998000000000000", "040274877906943"]))
    assert not any(
        map(
            is_chip,
            [
                "999000000000000",
                "899000000000000",
                "000000000000000",
                "276274877906944",
                "27609810234567",
                "2760981023456789",
                "276 09810234567",
                "27609810234567a",
                "",
            ],
        )
    )


@pytest.mark.parametrize(
    "text",
    [
        "Müller-Lüdenscheidt",
        "O’Neil",
        "Đặng Thị Hồng",
        "Łukasz",
        "Ğ",
        "ẞ",
        "K\u035fhan",
        "C\u0328\u0306",
        "J\u030c",
        "L\u0325\u0304",
        "T\u0308",
        "Dr. h. c. Ö",
        "ʿAlī",
    ],
)
def test_names_the_registers_can_hold(text):
    assert is_name(unicodedata.normalize("NFC", text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "-",
        "Иван",
        "Ωmega",
        "A1",
        "A@",
        "A\u0308",
        "b\u0301",
        "T\u0308\u0308",
        "\u0301a",
        "K\u035f",
        "ƒ",
        "A\n",
        "李",
    ],
)
def test_names_they_cannot(text):
    assert not is_name(text)


@given(st.text())
def test_checks_never_raise(text):
    for check in FORMAT_CHECKS.values():
        assert check(text) in {True, False}


def test_long_texts_take_linear_time():
    for text in ("a" * 20_000 + "\u0300", "K\u035f" * 10_000, "a." * 10_000 + "@", "0" * 20_000):
        assert not any(check(text) for check in FORMAT_CHECKS.values())


def test_every_row_has_both_languages():
    for kind in DATATYPES.values():
        assert all("{name}" in kind.text[language] for language in ("de", "en"))
