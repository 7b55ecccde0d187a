"""Writing RULES.md: what a person works through after an import, in German, because FIM's rules are."""

from __future__ import annotations

import json
from collections.abc import Iterable

from forms.fim.layout_writer import LayoutWriter
from forms.fim.model import FimSchema, LegalBasis
from forms.fim.plan import Place
from forms.fim.rules import PlacedRule
from forms.problems import Problem

_STATUS = {
    "1": "in Planung",
    "2": "in Bearbeitung",
    "3": "Entwurf",
    "4": "methodisch freigegeben",
    "5": "fachlich freigegeben (silber)",
    "6": "fachlich freigegeben (gold)",
    "7": "inaktiv",
    "8": "vorgesehen zum Löschen",
}
_HEAD = """\
# Nach dem Einlesen zu erledigen

> This page lists what a person has to do after the import of a FIM form. It is in German like FIM's rules.

| FIM | |
|---|---|
| Kennung | {id} |
| Fassung | {version} |
| Status | {status} |
| Standard | XDatenfelder {standard} |
| Name | {name} |

Streichen Sie ab, was erledigt ist. Prüfen Sie danach mit `python -m backend check-service`.

## Auszufüllen

- [ ] `service.toml`: jede Zeile mit `AUSFÜLLEN`
- [ ] `letters/`: jede Stelle mit `AUSFÜLLEN`, vor allem Begründung und Rechtsbehelfsbelehrung
- [ ] `process.bpmn`: Reicht es, dass eine Person prüft und entscheidet?
- [ ] Die Seite „Wohin dürfen wir schreiben?“ (`kontakt`) stammt nicht aus FIM. Fragt das Formular \
die Anschrift schon, nennen Sie deren Felder in `service.toml` unter `[recipient]` und entfernen \
Sie die Seite.
"""


def rules_page(
    *,
    schema: FimSchema,
    places: tuple[Place, ...],
    rules: tuple[PlacedRule, ...],
    layout: LayoutWriter,
    notes: Iterable[Problem],
) -> str:
    """The whole page. Nothing of what stands here has been applied to the form."""
    head = _HEAD.format(
        id=schema.id,
        version=schema.version or "–",
        status=_STATUS.get(schema.status, schema.status or "–"),
        standard=schema.standard,
        name=_cell(schema.name),
    )
    return (
        "\n".join([head, *_rules(rules, places, layout), *_notes(notes, places), *_laws(schema, places)])
        + "\n"
    )


def _rules(rules: tuple[PlacedRule, ...], places: tuple[Place, ...], layout: LayoutWriter) -> list[str]:
    lines = ["## Regeln", ""]
    if not rules:
        return [*lines, "Das Schema hat keine Regeln.", ""]
    lines += [
        (
            "FIM beschreibt Regeln in Worten. Keine davon wirkt, bevor Sie sie umgesetzt haben: Bedingungen "
            "als `rule` in `form.ui.json`, Pflichten als `required` oder `if`/`then` in `form.json`."
        ),
        "",
    ]
    names = _names(places)
    for each in rules:
        lines.append(f"- [ ] **{each.rule.id}** {_cell(each.rule.name)} (bei {_where(each.owner, names)})")
        lines += ["", *(f"  > {line}" for line in (each.rule.text or "ohne Text").splitlines()), ""]
        if each.rule.script:
            lines += ["  FIM liefert dazu ein Skript; es wurde nicht übernommen.", ""]
        for proposal in each.proposals:
            lines.append(
                f"  Vorschlag, nicht angewendet: bei {_where(proposal.target, names)} in `form.ui.json` "
                "ergänzen, wenn er stimmt:"
            )
            rule = json.dumps({"rule": layout.rule(proposal.rule)}, ensure_ascii=False, indent=2)
            lines += ["", "  ```json", *(f"  {line}" for line in rule.splitlines()), "  ```", ""]
        if not each.proposals:
            lines += ["  Kein Vorschlag: Bitte von Hand umsetzen.", ""]
    return lines


def _notes(notes: Iterable[Problem], places: tuple[Place, ...]) -> list[str]:
    names = _names(places)
    listed = [
        f"- [ ] {_where(tuple(filter(None, note.where.split('/'))), names)}: {_cell(note.text['de'])}"
        for note in notes
    ]
    return ["## Was anders ist als in FIM", "", *(listed or ["Nichts."]), ""]


def _laws(schema: FimSchema, places: tuple[Place, ...]) -> list[str]:
    lines = ["## Rechtsgrundlagen", ""]
    lines += [f"- {_law(each)}" for each in schema.legal_basis]
    names = _names(places)
    for top in places:
        for place in top.below():
            if place.element.legal_basis:
                laws = "; ".join(_law(each) for each in place.element.legal_basis)
                lines.append(f"- {_where(place.path, names)}: {laws}")
    return lines if len(lines) > len(("heading", "blank")) else [*lines, "FIM nennt keine."]


def _law(basis: LegalBasis) -> str:
    text = _cell(basis.text)
    return f"{text} <{basis.link}>" if basis.link.startswith("https://") and " " not in basis.link else text


def _names(places: tuple[Place, ...]) -> dict[tuple[str, ...], str]:
    return {place.path: place.element.label for top in places for place in top.below()}


def _where(path: tuple[str, ...], names: dict[tuple[str, ...], str]) -> str:
    if not path:
        return "dem ganzen Formular"
    name = names.get(path)
    return f"`{'/'.join(path)}`" + (f" „{_cell(name)}“" if name else "")


_ESCAPES = {ord(sign): f"\\{sign}" for sign in "\\|[]<>*_`"}


def _cell(text: str) -> str:
    """Text from a stranger within Markdown: one line, without signs that would make a link or a table."""
    return " ".join(text.split()).translate(_ESCAPES)
