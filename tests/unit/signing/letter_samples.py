"""Look here for the letter, archive and seal that the tests of documents start from."""

from __future__ import annotations

import struct
import zlib
from datetime import UTC, datetime
from functools import cache

from signing.archive import Attachment, archive
from signing.body import Body
from signing.letters import Letter, Letterhead, Logo, render
from signing.markup import compile_letter
from signing.seal import DevelopmentSeal, Seal, make_development_seal

AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SINCE = datetime(2026, 1, 1, tzinfo=UTC)

SOURCE = """---
subject: Hundesteuerbescheid für {{ name }}
title: Hundesteuerbescheid 2027
---
Guten Tag {{ name }},

wir setzen die Hundesteuer auf **{{ betrag | money }}** fest. Sie ist am {{ faellig | date }} fällig.

# So setzt sich der Betrag zusammen

| Hund | Betrag |
|---|---:|
{% for hund in hunde %}
| {{ hund.name }} | {{ hund.betrag | money }} |
{% endfor %}

# Was Sie tun müssen

1. Überweisen Sie den Betrag.
2. Teilen Sie uns mit, wenn sich etwas ändert.

- Ihr Hund ist gestorben.
- Sie ziehen um.

Mehr steht auf der [Seite der Steuerabteilung der Stadt Musterstadt](https://www.musterstadt.example/hund).

## Rechtsbehelfsbelehrung

Gegen diesen Bescheid können Sie innerhalb eines Monats Widerspruch erheben.

Mit freundlichen Grüßen\\
Im Auftrag
"""
VALUES = {
    "name": "Erika Mustermann",
    "betrag": "1234.5",
    "faellig": "2027-02-15",
    "hunde": [{"name": f"Waldi {n}", "betrag": 120 + n} for n in range(45)],
}
HEAD = Letterhead(
    name="Stadt Musterstadt",
    unit="Steuerabteilung",
    return_address="Stadt Musterstadt · Rathausplatz 1 · 12345 Musterstadt",
    footer=(
        ("Rathausplatz 1", "12345 Musterstadt"),
        ("Telefon 01234 567-0",),
        ("DE02 1203 0000 0000 2020 51",),
    ),
)
ATTACHMENT = Attachment(
    name="antrag.json",
    media_type="application/json",
    content=b'{"note": "/ByteRange [0 1 2 3] is only text here"}',
    description="Angaben aus dem Antrag",
)


def png() -> bytes:
    """A grey picture of 4 × 4 dots."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + b"\x80" * 4 for _ in range(4))
    head = struct.pack(">IIBBBBB", 4, 4, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def body(**changes: object) -> Body:
    return compile_letter(source=SOURCE).render(values={**VALUES, **changes}, language="de")


def letter(
    *,
    text: Body | None = None,
    head: Letterhead = HEAD,
    recipient: tuple[str, ...] = ("Frau", "Erika Mustermann", "Hauptstraße 7", "12345 Musterstadt"),
) -> Letter:
    information = (("Aktenzeichen", "HS-2026-000123-7"), ("Datum", "22. November 2026"))
    return Letter(letterhead=head, recipient=recipient, information=information, body=text or body())


def letter_with_logo() -> Letter:
    logo = Logo(png=png(), alt="Wappen der Stadt Musterstadt", width_mm=20, height_mm=20)
    head = Letterhead(
        name=HEAD.name, return_address=HEAD.return_address, unit=HEAD.unit, logo=logo, footer=HEAD.footer
    )
    return letter(head=head)


def archived(source: Letter | None = None) -> bytes:
    rendered = render(letter=source or letter())
    return archive(rendered=rendered, created=AT, document_id="urn:laufzettel:1", attachments=[ATTACHMENT])


@cache
def development() -> DevelopmentSeal:
    return make_development_seal(name="Stadt Musterstadt", at=SINCE)


@cache
def seal() -> Seal:
    return Seal.load(key_pem=development().key_pem, certificate_pem=development().certificate_pem)


@cache
def sealed() -> bytes:
    return seal().apply(pdf=archived(), at=AT, reason="Bescheid")
