"""Composes a notice: letter text, DIN 5008 letter, accessible archive file, seal. Touches no table."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.timezone import localtime

from backend.cases.operations.notices import NoticeOrder
from backend.keys.vault import to_json
from signing import fonts
from signing.archive import Attachment, archive
from signing.letters import Letter, Letterhead, render
from signing.seal import Seal
from signing.values import as_date

INFORMATION = {
    "de": {"reference": "Aktenzeichen", "date": "Datum"},
    "en": {"reference": "Reference", "date": "Date"},
}
SEAL_REASON = "Bescheid"


def compose(*, order: NoticeOrder, seal: Seal, now: datetime) -> bytes:
    """The sealed PDF of a notice.

    Raises what the letter (`MarkupProblems`, `LetterProblems`) or the seal (`SealRefused`) raises.
    """
    language = order.language
    words = INFORMATION[language]
    letter = Letter(
        letterhead=_letterhead(order.authority.letterhead, name=order.authority.name, unit=order.unit_name),
        recipient=_printable(order.address),
        information=(
            (words["reference"], order.case.reference),
            (words["date"], as_date(order.issued_on.isoformat(), language)),
        ),
        body=order.service.letters[order.letter][language].render(
            values=_printable(order.values()), language=language
        ),
    )
    pdf = archive(
        rendered=render(letter=letter),
        created=localtime(now),
        document_id=str(order.document_id),
        attachments=[_case_data(order)],
    )
    return seal.apply(pdf=pdf, at=localtime(now), reason=SEAL_REASON)


def _printable(value: Any) -> Any:
    """The same data with every text fit for print: an emoji in a name must not stop a notice."""
    if isinstance(value, str):
        return fonts.printable(text=value)
    if isinstance(value, Mapping):
        return {key: _printable(member) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_printable(entry) for entry in value)
    return value


def _letterhead(settings: Mapping[str, Any], *, name: str, unit: str) -> Letterhead:
    return Letterhead(
        name=name,
        return_address=settings.get("return_address", name),
        unit=unit,
        footer=tuple(tuple(column) for column in settings.get("footer", ())),
    )


def _case_data(order: NoticeOrder) -> Attachment:
    """What was decided upon, for machines: the same data that the letter was made of."""
    content = {"reference": order.case.reference, "service": order.case.service, **order.details["data"]}
    return Attachment(
        name="vorgang.json",
        media_type="application/json",
        content=to_json(content),
        description="Daten des Vorgangs, auf denen dieser Bescheid beruht",
    )
