from __future__ import annotations

import re
import time
import unicodedata
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.datatypes import DATATYPES
from forms.datatypes.contact import is_email, is_postcode
from forms.datatypes.dates import is_date
from forms.datatypes.marks import is_chip
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


# format → values that fit, values that do not
EXAMPLES = {
    "iban": (
        ["DE89370400440532013000", "DE89 3704 0044 0532 0130 00", "de89370400440532013000", "GB82WEST12345698765432"],
        ["DE89370400440532013001", "DE8937040044053201300", "XX00", "", "DE89  3704 0044 0532 0130 00", "DE89-37040044"],
    ),
    "tax-id": (
        ["36574261809", "36 574 261 809", "36574261809".replace("", "-")[1:-1]],
        ["36574261808", "3657426180", "365742618099", "11111111111", "", "3657426180a", "٣٦٥٧٤٢٦١٨٠٩"],
    ),
    "vat-id": (
        ["DE136695976", "de 136695976", "ATU12345675", "EL123456783"],
        ["DE136695977", "136695976", "XX123", "US123456789", "", "DE13669597"],
    ),
    "phone": (
        ["05123 4567", "+4951234567", "+49 (0)5123 4567", "(05123) 4567", "0171-1234567", "0049 171 1234567", "+1 650 253 0000"],
        ["4567", "5123 4567", "110", "05123", "0800 PIZZA", "05123 4567 ext 5", "+999 123456", "", "0" * 30, "++495123", "05123\n4567", "+"],
    ),
    "vehicle-plate": (
        ["LER-AB 123", "B AB 12E", "M-X 1", "HVL-AB 12H", "TÖL-A1", "AUR-X 1234"],
        ["LERAB123", "ler-ab 123", "LER-AB 0123", "HVL-AB 1234H", "LER-ABC 1", "LER-123", "Y-123456", "", "LER-AB 1X"],
    ),
    "file": (
        ["0191e5d0-7c1a-7b7e-8a1b-0123456789ab"],
        ["0191E5D0-7C1A-7B7E-8A1B-0123456789AB", "0191e5d07c1a7b7e8a1b0123456789ab", "../../etc/passwd", ""],
    ),
    "money": (
        [0, 5, 12.5, 0.07, Decimal("12.50"), Decimal("-3.1"), Decimal("999999999999.99"), 10**11],
        [12.505, Decimal("0.001"), Decimal("1E12"), 10**12, Decimal("1E-40"), 1e300, float("nan"), Decimal("NaN"), Decimal("Infinity")],
    ),
    "date-range": (
        [{"from": "2026-01-01", "to": "2026-01-01"}, {"from": "2026-01-01", "to": "2027-01-01"}, {}, {"from": "x", "to": "a"}, {"from": 3, "to": 1}],
        [{"from": "2026-01-02", "to": "2026-01-01"}],
    ),
    "geo-point": (
        [{"lat": 53.23, "lon": Decimal("7.45")}, {"lat": -90, "lon": 180}, {}, {"lat": "x", "lon": None}],
        [{"lat": 90.1, "lon": 0}, {"lat": 0, "lon": -181}, {"lat": Decimal(91), "lon": 0}],
    ),
    "time": (["12:30:00Z"], ["25:00:00Z", ""]),
    "date-time": (["2026-01-01T12:30:00Z"], ["2026-01-01", ""]),
    "uuid": (["0191e5d0-7c1a-7b7e-8a1b-0123456789ab"], ["x"]),
    "uri": (["https://www.example.org/"], ["example"]),
    "date": (["2024-02-29"], ["2023-02-29"]),
    "email": (["a@b.de"], ["a@b"]),
    "german-postcode": (["26789"], ["2678"]),
    "animal-chip": (["276098102345678"], ["276"]),
    "din-91379-name": (["Müller"], ["A1"]),
}  # fmt: skip


def test_every_format_has_examples():
    assert EXAMPLES.keys() == DATATYPES.keys()


@pytest.mark.parametrize(("name", "value"), [(n, v) for n, (good, _) in EXAMPLES.items() for v in good])
def test_what_fits(name, value):
    assert DATATYPES[name].fits(value)


@pytest.mark.parametrize(("name", "value"), [(n, v) for n, (_, bad) in EXAMPLES.items() for v in bad])
def test_what_does_not(name, value):
    assert not DATATYPES[name].fits(value)


@pytest.mark.parametrize("kind", DATATYPES.values(), ids=DATATYPES)
def test_other_kinds_of_values_are_left_to_the_type(kind):
    for value in ("x", 5, {"from": 1}, True, None, ["x"]):
        if type(value) is not {"string": str, "number": int, "object": dict}[kind.kind]:
            assert kind.fits(value)
            assert kind.kept(value) is value


def test_what_is_kept_in_normal_form():
    assert DATATYPES["iban"].kept("de89 3704 0044 0532 0130 00") == "DE89370400440532013000"
    assert DATATYPES["tax-id"].kept("36 574 261 809") == "36574261809"
    assert DATATYPES["vat-id"].kept("de 136695976") == "DE136695976"
    assert DATATYPES["phone"].kept("05123 4567") == "05123 4567"
    for amount in (12.1, Decimal("12.1"), Decimal("12.100")):
        kept = DATATYPES["money"].kept(amount)
        assert (str(kept), type(kept)) == ("12.10", Decimal)


@given(st.decimals(-(10**11), 10**11, places=2))
def test_money_is_exact_to_the_cent(amount):
    assert DATATYPES["money"].fits(amount)
    assert DATATYPES["money"].kept(amount) == amount
    assert not DATATYPES["money"].fits(amount + Decimal("0.001"))


@given(st.text() | st.integers() | st.floats() | st.decimals(allow_nan=True) | st.dictionaries(
    st.sampled_from(["from", "to", "lat", "lon"]), st.text() | st.floats(allow_nan=False) | st.dates().map(str) | st.none()
))  # fmt: skip
def test_checks_never_raise(value):
    for kind in DATATYPES.values():
        assert kind.fits(value) in {True, False}


@pytest.mark.parametrize("name", DATATYPES)
def test_long_texts_take_linear_time(name):
    texts = (
        "a" * 20_000 + "\u0300",
        "K\u035f" * 10_000,
        "a." * 10_000 + "@",
        "0" * 20_000,
        "0 " * 10_000,
        "A " * 10_000,
    )
    began = time.perf_counter()
    for text in texts:
        DATATYPES[name].fits(text)
    assert time.perf_counter() - began < 1


def test_every_row_has_both_languages():
    for kind in DATATYPES.values():
        assert all("{name}" in kind.text[language] for language in ("de", "en"))


def test_the_page_lists_exactly_the_formats():
    page = (Path(__file__).resolve().parents[3] / "docs/reference/data-types.md").read_text()
    listed = dict(re.findall(r"^\| `([a-z0-9-]+)` \| ([a-z]+) \|", page, re.MULTILINE))
    assert listed == {name: kind.kind for name, kind in DATATYPES.items()}
