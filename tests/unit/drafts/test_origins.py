"""Where answers came from, and how sure that is."""

from __future__ import annotations

import pytest

from backend.drafts.origins import from_identity, origins, provenance
from backend.identity.principals import Citizen
from forms.definition import read_form
from signing.levels import TrustLevel

TEXTS = {"x-texts": {"en": {"title": "T"}}, "title": "T", "type": "string"}
FORM = read_form(
    schema={
        "type": "object",
        "title": "T",
        "x-texts": {"en": {"title": "T"}},
        "additionalProperties": False,
        "properties": {
            "name": {**TEXTS, "x-prefill": "given_name"},
            "town": {**TEXTS, "x-prefill": "city"},
            "mail": {**TEXTS, "x-prefill": "email", "format": "email"},
            "free": TEXTS,
        },
    },
    ui=None,
    languages=("de", "en"),
)
SAYS = {"given_name": "Erika", "address": {"locality": "Musterhausen"}, "email": "erika@example.org"}


def somebody(level=TrustLevel.HIGH, attributes=SAYS, **levels):
    return Citizen(applicant=b"x", level=level, attributes=attributes, attribute_levels=levels)


def test_an_attribute_is_never_surer_than_the_sign_in_and_may_be_weaker():
    found = from_identity(
        form=FORM, citizen=somebody(TrustLevel.SUBSTANTIAL, address=TrustLevel.LOW, email=TrustLevel.NONE)
    )
    assert {pointer: entry["level"] for pointer, entry in found.items()} == {
        "/name": "substantial",
        "/town": "low",
        "/mail": "none",
    }


@pytest.mark.parametrize(
    ("source", "level", "value", "verified", "changed"),
    [
        ("identity", "low", "Erika", True, False),
        ("identity", "high", "Erika", True, False),
        ("identity", "none", "Erika", False, False),
        ("identity", "high", "erika", False, True),
        ("identity", "high", None, False, True),
        ("link", "none", "Erika", False, False),
        ("link", "none", "Rika", False, True),
    ],
)
def test_only_an_unchanged_word_of_a_trusted_sign_in_is_verified(source, level, value, verified, changed):
    prefilled = {"/name": {"value": "Erika", "source": source, "level": level}}
    (origin,) = origins(prefilled=prefilled, answers={"name": value}).values()
    assert (origin.verified, origin.changed) == (verified, changed)


def test_an_answer_that_was_taken_out_has_no_origin():
    prefilled = {"/name": {"value": "Erika", "source": "identity", "level": "low"}}
    assert origins(prefilled=prefilled, answers={"free": "Erika"}) == {}


def told(citizen, answers, prefilled):
    found = provenance(form=FORM, citizen=citizen, answers=answers, prefilled=prefilled)
    return {pointer: (each["level"], each["verified"]) for pointer, each in found.items()}


def test_whoever_vouches_more_strongly_counts():
    high = from_identity(form=FORM, citizen=somebody(TrustLevel.HIGH))
    low = from_identity(form=FORM, citizen=somebody(TrustLevel.LOW))
    answers = {"name": "Erika", "town": "Anderswo"}
    assert told(somebody(TrustLevel.LOW), answers, high) == {
        "/name": ("high", True),
        "/town": ("high", False),
    }
    assert told(somebody(TrustLevel.HIGH), answers, low) == {
        "/name": ("high", True),
        "/town": ("high", False),
    }
    moved = somebody(TrustLevel.LOW, {"address": {"locality": "Anderswo"}})
    assert told(moved, answers, high) == {"/name": ("high", True), "/town": ("low", True)}
