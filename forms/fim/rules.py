"""FIM's rules are prose for people. Where the wording is one of the common ones, a proposal is made here.

A proposal is a JSON Forms rule for one element. It is never applied: it stands beside the rule's own words
until a person has compared both. Understood are sentences like `WENN F… = JA, DANN aktiviere G…`; a rule
with anything else in it gets no proposal at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from forms.fim.model import FieldKind, FimField, FimGroup, FimRule, FimSchema, Kind, Use
from forms.fim.plan import Place, Role

_THE = r"(?:die |das |den )?(?:(?:datenfeldgruppe|feldgruppe|datenfeld|feld|gruppe) )*"
_ID = r"[FG]\d{6,14}"
_CLAUSE = re.compile(
    rf"wenn {_THE}(?P<field>F\d{{6,14}})\b(?P<label>[^=<>]*?) ?(?P<sign>={{1,3}}|<>|!=) ?(?P<value>[^<>=]+?)"
    rf"(?: ist)?,? (?:dann )?(?P<verb>aktiviere|deaktiviere|zeige|blende|muss|darf) (?:als pflicht )?{_THE}"
    rf"(?P<target>{_ID})\b(?P<rest>.*)",
    re.IGNORECASE,
)
_ELSE = re.compile(r",? (?:ansonsten|sonst)\b(?P<tail>.*)$", re.IGNORECASE)
_YES = frozenset({"ja", "wahr", "true"})
_NO = frozenset({"nein", "falsch", "false"})
_QUOTES = "\"'„“”‚‘’»«"


@dataclass(frozen=True, slots=True)
class Proposal:
    """The element at `target` (a path) could get `rule` (JSON Forms)."""

    target: tuple[str, ...]
    rule: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PlacedRule:
    """A rule and the path of the element that carries it; `()` is the schema itself."""

    owner: tuple[str, ...]
    rule: FimRule
    proposals: tuple[Proposal, ...] = ()


def placed_rules(*, schema: FimSchema, places: Iterable[Place]) -> tuple[PlacedRule, ...]:
    """All rules of a schema with the proposals for them.

    Two rules for one element would have to be combined; what that should mean is left to people, so
    neither gets a proposal.
    """
    listed = [place for top in places for place in top.below()]
    owned: list[tuple[tuple[str, ...], FimRule]] = [((), rule) for rule in schema.rules]
    owned += [(path, rule) for path, element in _elements(schema.children, ()) for rule in element.rules]
    found = [PlacedRule(path, rule, _proposals(rule, path, listed)) for path, rule in dict.fromkeys(owned)]
    counts: dict[tuple[str, ...], int] = {}
    for each in found:
        for proposal in each.proposals:
            counts[proposal.target] = counts.get(proposal.target, 0) + 1
    return tuple(
        replace(each, proposals=tuple(one for one in each.proposals if counts[one.target] == 1))
        for each in found
    )


def _elements(
    uses: Iterable[Use], above: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], FimField | FimGroup]]:
    """All elements with their paths, also those that the form leaves out: their rules stay visible."""
    for use in uses:
        path = (*above, use.element.id)
        yield path, use.element
        if isinstance(use.element, FimGroup):
            yield from _elements(use.element.children, path)


@dataclass(frozen=True, slots=True)
class _Clause:
    field: Place
    target: Place
    equal: bool
    value: object
    shows: bool


def _proposals(rule: FimRule, owner: tuple[str, ...], places: list[Place]) -> tuple[Proposal, ...]:
    text = " ".join(rule.text.split())
    parts = [part.strip(" .,;") for part in re.split(r"(?=\bwenn\b)", text, flags=re.IGNORECASE)]
    clauses = [_clause(part, owner, places) for part in parts if part]
    if not clauses or None in clauses:
        return ()
    targets: dict[tuple[str, ...], list[_Clause]] = {}
    for clause in filter(None, clauses):
        targets.setdefault(clause.target.path, []).append(clause)
    found = [_combined(each) for each in targets.values()]
    return tuple(filter(None, found)) if all(found) else ()


def _clause(text: str, owner: tuple[str, ...], places: list[Place]) -> _Clause | None:
    found = _CLAUSE.fullmatch(text)
    if found is None:
        return None
    field, target = (_nearest(found[name], owner, places) for name in ("field", "target"))
    if field is None or target is None or field.role is not Role.QUESTION or field.many:
        return None
    if _entry(field, places) != _entry(target, places):
        return None
    value = _value(found["value"].strip(" ,"), field.element)
    shows = _shows(found["verb"].lower(), found["rest"], found["target"], target)
    if value is None or shows is None or field.path[: len(target.path)] == target.path:
        return None
    return _Clause(field, target, found["sign"].startswith("="), value, shows)


def _nearest(identity: str, owner: tuple[str, ...], places: list[Place]) -> Place | None:
    """The only place of that id below the owner, else below what the owner stands in, and so on."""
    for length in range(len(owner), -1, -1):
        within = owner[:length]
        found = [p for p in places if p.element.id == identity and p.path[:length] == within]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def _entry(place: Place, places: Iterable[Place]) -> tuple[str, ...]:
    """The path of the innermost list in whose entries the place stands; `()` if in none."""
    lists = [p.path for p in places if p.many and p.asks and p.role is Role.GROUP]
    above = [path for path in lists if len(path) < len(place.path) and place.path[: len(path)] == path]
    return max(above, key=len, default=())


def entry_of(*, place: Place, places: Iterable[Place]) -> tuple[str, ...]:
    """The path that scopes of a rule at this place are relative to."""
    return _entry(place, places)


def _value(text: str, field: object) -> object:
    """The answer a rule's text names; None if it is none that the field can have, or not clear."""
    if not isinstance(field, FimField):
        return None
    plain = text.strip(_QUOTES + " ").casefold()
    if field.datatype is Kind.BOOL and field.kind is FieldKind.INPUT:
        return True if plain in _YES else False if plain in _NO else None
    codes = {value.code for value in field.values if value.code.casefold() == plain}
    codes |= {value.code for value in field.values if value.name.casefold() == plain}
    first, _, rest = plain.partition(" ")
    others = {value.code for value in field.values if value.name.casefold() == rest.strip(_QUOTES + " ")}
    codes |= others | {value.code for value in field.values if value.code.casefold() == first}
    return codes.pop() if len(codes) == 1 else None


def _shows(verb: str, rest: str, identity: str, target: Place) -> bool | None:
    """Whether the target is shown; None if the words after it leave that open."""
    otherwise = _ELSE.search(rest)
    if otherwise is not None:
        tail = otherwise["tail"].replace(identity, "")
        if verb != "zeige" or "nicht" not in tail.casefold() or re.search(_ID, tail):
            return None
        rest = rest[: otherwise.start()]
    for name in (target.element.label, target.element.name):
        rest = rest.replace(name, "")
    rest = re.sub(r"[^a-zäöüß ]+", " ", rest.casefold()).strip()
    words = " ".join(rest.split())
    exact = _OUTCOMES.get((verb, words))
    if exact is not None:
        return exact
    # Rules often call the target by another name than its own; then only the end of the sentence counts.
    ends = [(end, shown) for (each, end), shown in _OUTCOMES.items() if each == verb and end]
    named = [(words.removesuffix(f" {end}"), shown) for end, shown in ends if words.endswith(f" {end}")]
    named = named or [(words, _OUTCOMES[verb, ""])] if (verb, "") in _OUTCOMES else named
    name, shown = min(named, key=lambda each: len(each[0]), default=("nicht", False))
    return None if _RISKY & set(name.split()) else shown


_RISKY = frozenset({"nicht", "und", "oder", "nur", "außer", "falls", "sonst", "ansonsten", "wenn", "aber"})

# Verb and the words left after the target → whether it is shown.
_OUTCOMES: Mapping[tuple[str, str], bool] = {
    ("aktiviere", ""): True,
    ("aktiviere", "und mache sie zu einer pflichtangabe"): True,
    ("aktiviere", "und mache es zu einer pflichtangabe"): True,
    ("deaktiviere", ""): False,
    ("zeige", ""): True,
    ("zeige", "an"): True,
    ("zeige", "nicht"): False,
    ("zeige", "nicht an"): False,
    ("blende", "aus"): False,
    ("blende", "ein"): True,
    ("muss", "befüllt sein"): True,
    ("muss", "ausgefüllt sein"): True,
    ("darf", "nicht befüllt sein"): False,
    ("darf", "nicht ausgefüllt sein"): False,
}


def _combined(clauses: list[_Clause]) -> Proposal | None:
    """One rule that says the same as all clauses about one target; None if they contradict each other."""
    fields = {clause.field.path for clause in clauses}
    groups = {
        key: {clause.value for clause in clauses if (clause.equal, clause.shows) == key}
        for key in ((True, True), (True, False), (False, True), (False, False))
    }
    show, hide, show_unless, hide_unless = groups.values()
    if len(fields) != 1 or len(show_unless) > 1 or len(hide_unless) > 1 or (show_unless and hide_unless):
        return None
    show, hide = show or hide_unless, hide or show_unless
    if show & hide or (hide_unless and show != hide_unless) or (show_unless and hide != show_unless):
        return None
    wanted, effect = (show, "SHOW") if show else (hide, "HIDE")
    values = sorted(wanted, key=str)
    schema = {"const": values[0]} if len(values) == 1 else {"enum": values}
    condition: dict[str, Any] = {"scope": "", "schema": schema}
    if effect == "SHOW":
        condition["failWhenUndefined"] = True
    path, target = clauses[0].field.path, clauses[0].target.path
    return Proposal(target, {"effect": effect, "condition": {**condition, "scope": "/".join(path)}})
