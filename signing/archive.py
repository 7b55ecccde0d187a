"""Read this to see how a painted letter becomes a lasting, accessible document: PDF/A-3a and PDF/UA-1 in one.

One pass over reportlab's file writes the structure tree (ISO 32000-1, 14.7), what ISO 19005-3 level A and
ISO 14289-1 ask for, the attached case data, and an empty, tagged signature field that `seal` fills. The field
has to be prepared here: a field added while sealing would stand outside the structure.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import pikepdf
from pikepdf import Array, Dictionary, Name, String
from PIL import ImageCms

from signing.letters import Rendered
from signing.metadata import xmp_packet
from signing.structure import write_structure

PRODUCER: Final = "Laufzettel"
_MEDIA_TYPE: Final = re.compile(r"[a-z0-9][\w.+-]*/[\w.+-]+", re.ASCII)
_FILE_NAME: Final = re.compile(r"[A-Za-z0-9][\w.-]{0,99}", re.ASCII)


class Relationship(StrEnum):
    """What an attachment is to the document (ISO 19005-3, 6.8)."""

    DATA = "Data"
    SOURCE = "Source"
    ALTERNATIVE = "Alternative"
    SUPPLEMENT = "Supplement"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file inside the document, e.g. the application's data as XML. `description` is read by people."""

    name: str
    media_type: str
    content: bytes
    description: str
    relationship: Relationship = Relationship.DATA


def archive(
    *, rendered: Rendered, created: datetime, document_id: str, attachments: Sequence[Attachment] = ()
) -> bytes:
    """The letter as PDF/A-3a and PDF/UA-1 with an empty signature field. Same arguments, same bytes.

    `created` needs a time zone. Raises `ValueError` for a naive time or an attachment whose name or media
    type cannot be written.
    """
    if created.tzinfo is None:
        raise ValueError("created needs a time zone.")
    _check(attachments)
    with pikepdf.open(io.BytesIO(rendered.pdf)) as pdf:
        write_structure(pdf=pdf, rendered=rendered)
        writer = _Writer(pdf, rendered, created)
        writer.identify(document_id)
        writer.attach(attachments)
        out = io.BytesIO()
        # Streams come compressed from reportlab; leaving them alone halves the time.
        pdf.save(out, deterministic_id=True, compress_streams=False)
    return out.getvalue()


def _check(attachments: Sequence[Attachment]) -> None:
    for attachment in attachments:
        if not _FILE_NAME.fullmatch(attachment.name) or not _MEDIA_TYPE.fullmatch(attachment.media_type):
            raise ValueError(
                f"Attachment {attachment.name!r} ({attachment.media_type!r}): unfit name or type."
            )
    if len({attachment.name for attachment in attachments}) < len(attachments):
        raise ValueError("Two attachments have the same name.")


class _Writer:
    def __init__(self, pdf: pikepdf.Pdf, rendered: Rendered, created: datetime) -> None:
        self._pdf = pdf
        self._root: Any = pdf.Root
        self._rendered = rendered
        self._created = created

    def identify(self, document_id: str) -> None:
        """Title, language, dates, colours, and the claims to be PDF/A-3a and PDF/UA-1."""
        rendered, root = self._rendered, self._root
        root.Lang = String(rendered.language)
        root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
        profile: Any = self._pdf.make_stream(_srgb())
        profile.N = 3
        intent = Dictionary(
            Type=Name.OutputIntent,
            S=Name.GTS_PDFA1,
            OutputConditionIdentifier=String("sRGB"),
            Info=String("sRGB"),
            DestOutputProfile=profile,
        )
        root.OutputIntents = Array([intent])
        packet = xmp_packet(
            title=rendered.title,
            subject=rendered.subject,
            author=rendered.author,
            language=rendered.language,
            created=self._created,
            document_id=document_id,
            producer=PRODUCER,
        )
        metadata: Any = self._pdf.make_stream(packet)
        metadata.Type, metadata.Subtype = Name.Metadata, Name.XML
        root.Metadata = metadata
        date = pdf_date(moment=self._created)
        self._pdf.trailer.Info = self._pdf.make_indirect(
            Dictionary(
                Title=String(rendered.title),
                Subject=String(rendered.subject),
                Author=String(rendered.author),
                Creator=String(PRODUCER),
                Producer=String(PRODUCER),
                CreationDate=String(date),
                ModDate=String(date),
            )
        )

    def attach(self, attachments: Sequence[Attachment]) -> None:
        """Embeds the files, listed by name and as belonging to the whole document."""
        if not attachments:
            return
        listed, names = [], []
        for attachment in sorted(attachments, key=lambda one: one.name):
            file = self._file(attachment)
            listed.append(file)
            names += [String(attachment.name), file]
        self._root.AF = Array(listed)
        self._root.Names = Dictionary(EmbeddedFiles=Dictionary(Names=Array(names)))

    def _file(self, attachment: Attachment) -> Any:
        stream: Any = self._pdf.make_stream(attachment.content)
        stream.Type, stream.Subtype = Name.EmbeddedFile, Name(f"/{attachment.media_type}")
        # MD5 is what ISO 32000-1, table 46 prescribes; it protects nothing, the seal does.
        checksum = hashlib.md5(attachment.content, usedforsecurity=False).digest()
        stream.Params = Dictionary(
            Size=len(attachment.content),
            ModDate=String(pdf_date(moment=self._created)),
            CheckSum=String(checksum),
        )
        return self._pdf.make_indirect(
            Dictionary(
                Type=Name.Filespec,
                F=String(attachment.name),
                UF=String(attachment.name),
                Desc=String(attachment.description),
                AFRelationship=Name(f"/{attachment.relationship}"),
                EF=Dictionary(F=stream, UF=stream),
            )
        )


def pdf_date(*, moment: datetime) -> str:
    """A date as PDF writes it (ISO 32000-1, 7.9.4), with seconds and the offset from UTC."""
    offset = moment.strftime("%z")
    return moment.strftime("D:%Y%m%d%H%M%S") + f"{offset[:3]}'{offset[3:5]}'"


def _srgb() -> bytes:
    """Pillow's sRGB profile with a fixed date: its header holds the time it was made (ICC.1, 7.2.8)."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[24:36] = bytes.fromhex("07e8 0001 0001 0000 0000 0000")
    return bytes(profile)
