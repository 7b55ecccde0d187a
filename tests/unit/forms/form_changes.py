"""Two versions of a form, written shortly, and what becomes of the answers between them."""

from __future__ import annotations

from forms.carrying import carry_over
from forms.definition import read_form
from tests.unit.forms.form_example import LANGUAGES, closed, titled

FILE_ID = "00000000-0000-4000-8000-000000000001"


def form(*, required=(), ui=None, code_lists=None, definitions=None, **questions):
    schema = closed(list(required), **questions) | ({"$defs": definitions} if definitions else {})
    return read_form(
        schema=schema, ui=ui, languages=LANGUAGES, code_lists=code_lists, compile_formula=lambda _text: Sum()
    )


class Sum:
    names: frozenset[str] = frozenset()

    def evaluate(self, *, data):
        return data["answers"].get("a")


def text(title="Frage", **more):
    return titled(title, title, **{"type": "string", **more})


def section(title="Teil", *, required=(), identity=None, **questions):
    named = {"x-id": identity} if identity else {}
    return titled(title, title, **closed(list(required), **questions), **named)


def listed(items, title="Liste", **more):
    return titled(title, title, type="array", items=items, **more)


def lost(carried):
    return [(each.pointer, each.value, each.code) for each in carried.lost]


def one(old, new, value):
    """What becomes of one answer when its question changes: the value, or why it is lost."""
    carried = carry_over(old=form(q=old), new=form(q=new), answers={"q": value})
    if carried.lost:
        assert "q" not in carried.answers
        assert lost(carried) == [("/q", value, carried.lost[0].code)]
        return carried.lost[0].reason
    return carried.answers["q"]
