"""From a FIM schema to the files of a service package that can be published as it is."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from forms.codelists import CodeList
from forms.fim.choices import Choices
from forms.fim.contact import NAME, contact_page, contact_schema
from forms.fim.example import example_answer
from forms.fim.layout_writer import LayoutWriter
from forms.fim.model import FimSchema
from forms.fim.notes import Notes
from forms.fim.plan import plan
from forms.fim.rules import placed_rules
from forms.fim.rules_page import rules_page
from forms.fim.schema_writer import SchemaWriter
from forms.fim.starter import starter_files
from forms.problems import Problem

_LARGE = 300_000


@dataclass(frozen=True, slots=True)
class Conversion:
    """`files`: name in the package → content; `notes`: what a person should know, as in RULES.md.

    `proposals` counts the rules with a proposal, `rules` all of them.
    """

    files: Mapping[str, bytes]
    notes: tuple[Problem, ...]
    rules: int
    proposals: int


def convert(*, schema: FimSchema, slug: str, code_lists: Sequence[CodeList] = ()) -> Conversion:
    """Turn a schema into a package.

    FIM's rules are written down (RULES.md, `x-rules` in form.ui.json) and never applied. Choices whose
    code list is not among `code_lists` become free text. Everything that is not as in FIM is noted.
    """
    notes = Notes()
    for warning in schema.warnings:
        notes.add((), "warning", warning.text["de"], warning.text["en"])
    places = plan(schema=schema, notes=notes)
    choices = Choices(lists=code_lists, notes=notes)
    writer = SchemaWriter(choices=choices, notes=notes)
    form = writer.write(schema=schema, places=places, own={NAME: contact_schema()})
    rules = placed_rules(schema=schema, places=places)
    layout = LayoutWriter(places=places, rules=rules)
    ui = layout.write(schema=schema, own=contact_page())
    answers = example_answer(schema=form, code_lists=choices.kept)
    page = rules_page(schema=schema, places=places, rules=rules, layout=layout, notes=notes.found)
    texts = {
        "form.json": _json(form),
        "form.ui.json": _json(ui),
        "RULES.md": page,
        **{f"codelists/{name}.json": _rows(found) for name, found in choices.kept.items()},
        **starter_files(schema=schema, slug=slug, answers=answers),
    }
    return Conversion(
        files={name: text.encode() for name, text in texts.items()},
        notes=tuple(notes.found),
        rules=len(rules),
        proposals=sum(bool(each.proposals) for each in rules),
    )


def _json(value: Any) -> str:
    """Indented for people, as long as that leaves the file a readable size."""
    text = json.dumps(value, ensure_ascii=False, indent=2) + "\n"
    return text if len(text) <= _LARGE else json.dumps(value, ensure_ascii=False, indent=None) + "\n"


def _rows(found: CodeList) -> str:
    """One entry on each line, so that a new version can be compared with the old one."""
    value = found.as_json()
    rows = ",\n".join(json.dumps(row, ensure_ascii=False) for row in value.pop("entries"))
    head = json.dumps(value, ensure_ascii=False, indent=2).removesuffix("\n}")
    return f'{head},\n  "entries": [\n{rows}\n]}}\n'
