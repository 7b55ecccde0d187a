"""Read this to see how the structure tree, links and the signature field are written (ISO 32000-1, 14.7)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from signing.letters import Rendered
from signing.tagging import Element, LinkArea, Marked

SEAL_FIELD: Final = "Siegel"
_SEAL_LABEL: Final = {"de-DE": "Elektronisches Siegel", "en": "Electronic seal"}
_PRINT: Final = 4
_PRINT_LOCKED: Final = 132


def write_structure(*, pdf: pikepdf.Pdf, rendered: Rendered) -> None:
    """Writes the structure tree, the way back from content to it, the links and an empty signature field."""
    _Tree(pdf, rendered).write()


class _Tree:
    def __init__(self, pdf: pikepdf.Pdf, rendered: Rendered) -> None:
        self._pdf = pdf
        self._root: Any = pdf.Root
        self._rendered = rendered
        self._pages: list[Any] = [page.obj for page in pdf.pages]
        self._objects: dict[int, Any] = {}
        # Elements of annotations; their keys in the parent tree follow those of the pages.
        self._annotations: list[Any] = []
        for page in self._pages:
            page.Tabs = Name.S
            page.Annots = Array()

    def write(self) -> None:
        root = self._pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
        document = self._element(self._rendered.root, root)
        self._seal_field(document)
        numbers: list[Any] = []
        for index, (page, marks) in enumerate(zip(self._pages, self._rendered.marks, strict=True)):
            page.StructParents = index
            found = Array([self._objects[id(element)] for element in marks])
            numbers += [index, self._pdf.make_indirect(found)]
        for index, element in enumerate(self._annotations, start=len(self._pages)):
            numbers += [index, element]
        root.K = document
        root.ParentTree = self._pdf.make_indirect(Dictionary(Nums=Array(numbers)))
        root.ParentTreeNextKey = len(self._pages) + len(self._annotations)
        self._root.StructTreeRoot = root
        self._root.MarkInfo = Dictionary(Marked=True)

    def _element(self, element: Element, parent: Any) -> Any:
        made: Any = self._pdf.make_indirect(
            Dictionary(Type=Name.StructElem, S=Name(f"/{element.tag}"), P=parent)
        )
        self._objects[id(element)] = made
        if element.alt:
            made.Alt = String(element.alt)
        if element.owner:
            made.A = Dictionary(O=Name(f"/{element.owner}"), **dict(_attributes(element)))
        kids = [self._kid(kid, made) for kid in element.kids]
        if kids:
            made.K = kids[0] if len(kids) == 1 else Array(kids)
        return made

    def _kid(self, kid: Element | Marked | LinkArea, parent: Any) -> Any:
        match kid:
            case Element():
                return self._element(kid, parent)
            case Marked(page=page, mcid=mcid):
                return Dictionary(Type=Name.MCR, Pg=self._pages[page], MCID=mcid)
            case LinkArea(page=page, box=box, href=href, label=label):
                link = Dictionary(
                    Subtype=Name.Link,
                    Rect=_numbers(box),
                    Border=Array([0, 0, 0]),
                    Contents=String(label),
                    A=Dictionary(S=Name.URI, URI=String(href)),
                )
                return self._annotation(link, parent, page, flags=_PRINT)

    def _annotation(self, annotation: Any, element: Any, page: int, *, flags: int) -> Any:
        annotation.Type = Name.Annot
        annotation.F = flags
        annotation.P = self._pages[page]
        annotation.StructParent = len(self._pages) + len(self._annotations)
        made = self._pdf.make_indirect(annotation)
        self._pages[page].Annots.append(made)
        self._annotations.append(element)
        return Dictionary(Type=Name.OBJR, Obj=made, Pg=self._pages[page])

    def _seal_field(self, document: Any) -> None:
        label = _SEAL_LABEL[self._rendered.language]
        element: Any = self._pdf.make_indirect(
            Dictionary(Type=Name.StructElem, S=Name.Form, P=document, Alt=String(label))
        )
        widget = Dictionary(
            Subtype=Name.Widget,
            FT=Name.Sig,
            T=String(SEAL_FIELD),
            TU=String(label),
            Contents=String(label),
            Rect=Array([0, 0, 0, 0]),  # Invisible: what the seal says is shown by the reader, not painted.
        )
        element.K = self._annotation(widget, element, 0, flags=_PRINT_LOCKED)
        document.K.append(element)
        self._root.AcroForm = Dictionary(Fields=Array([element.K.Obj]), SigFlags=0)


def _attributes(element: Element) -> Iterator[tuple[str, Any]]:
    for key, value in element.attributes.items():
        match value:
            case str():
                yield key, Name(f"/{value}")
            case tuple():
                yield key, _numbers(value)


def _numbers(values: Sequence[float]) -> Array:
    return Array([round(value, 3) for value in values])
