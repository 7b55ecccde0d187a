"""One DMN file while it is read: how to find elements in it, what is known of it, what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree

from forms.problems import Problem


@dataclass
class Document:
    """`names`: inputs and decisions, which may hold spaces; `types`: allowed values by item definition."""

    namespace: str
    names: frozenset[str] = frozenset()
    types: Mapping[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def children(self, node: etree._Element, tag: str) -> list[etree._Element]:
        return list(node.iterchildren(f"{{{self.namespace}}}{tag}"))

    def text(self, node: etree._Element, *tags: str) -> str | None:
        """The text of the first element on the path `tags`."""
        for tag in tags:
            found = self.children(node, tag)
            if not found:
                return None
            node = found[0]
        return "".join(str(part) for part in node.itertext()).strip()

    def refuse(self, where: str, code: str, german: str, english: str) -> None:
        self.problems.append(Problem(where, code, {"de": german, "en": english}))
