"""File questions: what each takes, and which files answers name."""

from __future__ import annotations

import pytest

from forms.attachments import FileRule, attached, file_rule
from forms.definition import read_form
from tests.unit.forms.form_example import LANGUAGES, closed, titled

FILE = {"type": "string", "format": "file"}
FORM = read_form(
    schema=closed(
        [],
        name=titled("Name", "Name", type="string"),
        plan=titled("Plan", "Plan", **FILE),
        dogs=titled(
            "Hunde",
            "Dogs",
            type="array",
            items=closed([], proof={**titled("Nachweis", "Proof"), "$ref": "#/$defs/proof"}),
        ),
        photos=titled("Fotos", "Photos", type="array", maxItems=2, items=FILE),
    )
    | {"$defs": {"proof": {**FILE, "x-file": {"types": ["image/tiff"], "max-bytes": 5}}}},
    ui=None,
    languages=LANGUAGES,
)


def test_a_question_says_what_it_takes():
    assert file_rule(form=FORM, pointer="/dogs/12/proof") == FileRule(types=("image/tiff",), max_bytes=5)


def test_without_a_word_it_takes_pdf_and_pictures_up_to_10_megabytes():
    usual = FileRule(types=("application/pdf", "image/jpeg", "image/png"), max_bytes=10_000_000)
    assert file_rule(form=FORM, pointer="/plan") == usual
    assert file_rule(form=FORM, pointer="/photos/1") == usual


@pytest.mark.parametrize(
    "pointer",
    ["", "plan", "/", "/name", "/photos", "/photos/2", "/photos/01", "/photos/-", "/photos/x", "/photos/²",
     "/dogs", "/dogs/0", "/dogs/proof", "/dogs/1234567/proof", "/plan/0", "/unknown/plan", "/dogs/0/proof/0"],
)  # fmt: skip
def test_elsewhere_no_file_is_asked_for(pointer):
    assert file_rule(form=FORM, pointer=pointer) is None


def test_every_file_is_found_where_it_is_named():
    answers = {
        "name": "a",
        "photos": ["b", None, "c"],
        "plan": "d",
        "dogs": [{"proof": "e"}, {}, 7, {"proof": {"x": "y"}}],
        "unknown": "f",
    }
    assert attached(form=FORM, answers=answers) == {
        "/plan": "d",
        "/dogs/0/proof": "e",
        "/photos/0": "b",
        "/photos/2": "c",
    }
