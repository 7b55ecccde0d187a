"""Writing form.ui.json: one page for each top group, groups, lists, texts to read, in FIM's order.

Rules stand as `x-rules` at the element that carries them in FIM, proposals as `x-proposals` at the element
they would be for; neither has any effect before a person puts a `rule` there.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from forms.fim.model import FieldKind, FimField, FimSchema
from forms.fim.plan import Place, Role
from forms.fim.rules import PlacedRule, entry_of


class LayoutWriter:
    """Writes the UI schema of one form."""

    def __init__(self, *, places: tuple[Place, ...], rules: tuple[PlacedRule, ...]) -> None:
        self.places = places
        self.listed = [place for top in places for place in top.below()]
        self.rules = rules

    def write(self, *, schema: FimSchema, own: Mapping[str, Any]) -> dict[str, Any]:
        """All pages. `own` is a page that does not come from FIM; it comes last."""
        pages: list[Any] = []
        for alone, run in groupby(self.places, key=lambda place: place.role is not Role.GROUP):
            if alone:
                pages.append(_page(schema.label, [self._element(place, ()) for place in run]))
            else:
                pages += [self._category(place) for place in run]
        return {
            "type": "Categorization",
            "options": {"variant": "stepper"},
            **self._remarks(()),
            "elements": [*pages, own],
        }

    def scope(self, path: tuple[str, ...]) -> str:
        """The scope of a place: from the root, or from the entry of the list in which it stands."""
        place = next(each for each in self.listed if each.path == path)
        return _scope(path[len(entry_of(place=place, places=self.listed)) :])

    def _category(self, place: Place) -> dict[str, Any]:
        if place.many and place.asks:
            return _page(place.element.label, [self._element(place, ())])
        page = _page(place.element.label, self._content(place, ()))
        return {**page, **self._remarks(place.path)}

    def _content(self, place: Place, base: tuple[str, ...]) -> list[Any]:
        members = [self._element(member, base) for member in place.members]
        text = place.element.help
        return [{"type": "Label", "text": text}, *members] if text else members

    def _element(self, place: Place, base: tuple[str, ...]) -> dict[str, Any]:
        element, remarks = place.element, self._remarks(place.path)
        if place.role is Role.TEXT:
            return {"type": "Label", "text": _reading(element), **remarks}
        if place.role is Role.GROUP and not (place.many and place.asks):
            return {
                "type": "Group",
                "label": element.label,
                **remarks,
                "elements": self._content(place, base),
            }
        control: dict[str, Any] = {"type": "Control", "scope": _scope(place.path[len(base) :]), **remarks}
        if place.role is Role.GROUP:
            detail = {"type": "VerticalLayout", "elements": self._content(place, place.path)}
            control["options"] = {"detail": detail}
        return control

    def _remarks(self, path: tuple[str, ...]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        rules = [
            {"id": each.rule.id, "version": each.rule.version, "name": each.rule.name, "text": each.rule.text}
            for each in self.rules
            if each.owner == path
        ]
        proposals = [
            {"from": each.rule.id, "rule": self.rule(proposal.rule)}
            for each in self.rules
            for proposal in each.proposals
            if proposal.target == path
        ]
        if rules:
            found["x-rules"] = rules
        if proposals:
            found["x-proposals"] = proposals
        return found

    def rule(self, rule: Mapping[str, Any]) -> dict[str, Any]:
        """A proposed rule with its scope as the layout writes it."""
        condition = rule["condition"]
        return {**rule, "condition": {**condition, "scope": self.scope(tuple(condition["scope"].split("/")))}}


def _page(label: str, elements: list[Any]) -> dict[str, Any]:
    return {"type": "Category", "label": label, "elements": elements}


def _reading(element: object) -> str:
    if isinstance(element, FimField) and element.content:
        named = element.kind is FieldKind.LOCKED
        return f"{element.label}: {element.content}" if named else element.content
    return getattr(element, "label", "")


def _scope(path: tuple[str, ...]) -> str:
    return "#" + "".join(f"/properties/{name}" for name in path)
