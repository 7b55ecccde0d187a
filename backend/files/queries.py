"""Reads files back. Runs inside the caller's transaction; who may read was decided by the caller."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.files import storage
from backend.files.errors import NotAvailable
from backend.files.models import Attachment, AttachmentStatus, StoredFile
from backend.files.questions import question_of
from backend.files.uploads import name_context
from backend.keys.queries import data_key
from backend.keys.vault import CannotOpen, Key
from forms.attachments import FileRule, file_rule
from forms.definition import FormDefinition
from forms.problems import Problem


@dataclass(frozen=True, slots=True)
class AttachmentInfo:
    """What is shown of an attachment. `content_type`, `sha256` are empty until its content was accepted.

    `size` and `received` are bytes; `reason` has `code` and `texts` by language.
    """

    id: UUID
    field: str
    name: str
    content_type: str
    size: int
    received: int
    sha256: str
    status: str
    reason: Mapping[str, Any] | None
    created_at: datetime


def content(*, file_id: UUID, key: Key) -> bytes:
    """The readable bytes of a document. Raises what `StoredContent.read` raises."""
    return stored_content(file=StoredFile.objects.get(id=file_id), key=key).read()


@dataclass(frozen=True, slots=True)
class StoredContent:
    """Where the bytes of a document are; they are read outside of the transaction that found it."""

    authority_id: UUID
    file_id: UUID
    sha256: str
    key: Key

    def read(self) -> bytes:
        """The readable bytes.

        Raises `MissingFile`, `StoreAway`, or `CannotOpen` if they are not the bytes that were stored.
        """
        sealed = storage.read(authority_id=self.authority_id, name=self.file_id)
        readable = self.key.open(sealed, context=f"file:{self.file_id}")
        if hashlib.sha256(readable).hexdigest() != self.sha256:
            raise CannotOpen(f"file {self.file_id}")
        return readable


def stored_content(*, file: StoredFile, key: Key) -> StoredContent:
    """How to read a document that was found."""
    return StoredContent(authority_id=file.authority_id, file_id=file.id, sha256=file.sha256, key=key)


def attachments_of(*, holder_id: UUID) -> list[AttachmentInfo]:
    """The attachments of a draft or case in the order they were begun. Raises `CannotOpen`."""
    rows = list(Attachment.objects.filter(holder_id=holder_id).select_related("file").order_by("id"))
    if not rows:
        return []
    key = data_key(owner_id=holder_id)
    return [info(attachment=row, key=key) for row in rows]


def info(*, attachment: Attachment, key: Key) -> AttachmentInfo:
    """One attachment as it is shown."""
    file = attachment.file
    return AttachmentInfo(
        id=attachment.id,
        field=attachment.field,
        name=key.open(bytes(attachment.sealed_name), context=name_context(attachment.id)).decode(),
        content_type=file.content_type if file else "",
        size=attachment.length,
        received=attachment.received,
        sha256=file.sha256 if file else "",
        status=attachment.status,
        reason=attachment.reason,
        created_at=attachment.created_at,
    )


def download(*, attachment: Attachment, key: Key) -> tuple[AttachmentInfo, StoredContent]:
    """An attachment that is clean, and how to read it. Raises `NotAvailable` for any other."""
    if attachment.status != AttachmentStatus.STORED or attachment.file is None:
        raise NotAvailable(attachment.status)
    return info(attachment=attachment, key=key), stored_content(file=attachment.file, key=key)


def missing_or_refused(
    *, holder_id: UUID, form: FormDefinition, wanted: Mapping[str, str]
) -> tuple[Problem, ...]:
    """What forbids to submit answers that name these files (pointer → id of the attachment).

    They may have been uploaded under the rules of an earlier form; those of `form` hold. Locks the
    attachments: a check that ends at the same moment waits until the caller has committed.
    """
    held = Attachment.objects.filter(holder_id=holder_id).select_related("file").order_by("id")
    rows = held.select_for_update(no_key=True, of=("self",))
    by_id = {str(row.id): row for row in rows}
    found = ((pointer, _obstacle(by_id.get(file.lower()), pointer, form)) for pointer, file in wanted.items())
    return tuple(
        Problem(where=pointer, code=code, text=OBSTACLES[code]) for pointer, code in found if code is not None
    )


OBSTACLES: Mapping[str, Mapping[str, str]] = {
    "file-unknown": {
        "de": "Diese Datei gibt es in Ihrem Entwurf nicht. Bitte laden Sie sie noch einmal hoch.",
        "en": "Your draft has no such file. Please upload it again.",
    },
    "file-of-another-question": {
        "de": "Diese Datei gehört zu einer anderen Frage. Bitte laden Sie sie hier noch einmal hoch.",
        "en": "This file was uploaded for another question. Please upload it here once more.",
    },
    "file-incomplete": {
        "de": "Diese Datei ist noch nicht ganz hochgeladen. Bitte setzen Sie das Hochladen fort.",
        "en": "This file is not completely uploaded yet. Please continue the upload.",
    },
    "file-refused": {
        "de": "Diese Datei wurde nicht angenommen; der Grund steht bei der Datei. Bitte ersetzen Sie sie.",
        "en": "This file was not accepted; the reason is given with the file. Please replace it.",
    },
    "file-being-checked": {
        "de": "Hier sind jetzt weniger Dateiarten erlaubt. Bitte warten Sie, bis die Datei geprüft ist.",
        "en": "Fewer kinds of files are allowed here now. Please wait until this file has been checked.",
    },
    "file-type-changed": {
        "de": "Das Formular nimmt diese Dateiart hier nicht mehr an. Bitte laden Sie die Datei anders hoch.",
        "en": "The form does not take this kind of file here any more. Please upload it in another format.",
    },
    "file-size-changed": {
        "de": "Das Formular nimmt hier nur noch kleinere Dateien an. Bitte laden Sie eine kleinere hoch.",
        "en": "The form takes only smaller files here now. Please upload a smaller one.",
    },
}


def _obstacle(attachment: Attachment | None, pointer: str, form: FormDefinition) -> str | None:
    if attachment is None:
        return "file-unknown"
    if question_of(pointer=attachment.field) != question_of(pointer=pointer):
        return "file-of-another-question"
    if attachment.status == AttachmentStatus.UPLOADING:
        return "file-incomplete"
    if attachment.status == AttachmentStatus.REFUSED:
        return "file-refused"
    rule = file_rule(form=form, pointer=pointer)
    return None if rule is None else _against(rule, attachment)


def _against(rule: FileRule, attachment: Attachment) -> str | None:
    """What a stricter rule says of a file; while nobody has seen what it is, of all that it may turn out."""
    if attachment.length > rule.max_bytes:
        return "file-size-changed"
    if attachment.file is not None:
        return None if attachment.file.content_type in rule.types else "file-type-changed"
    return None if set(attachment.rule["types"]) <= set(rule.types) else "file-being-checked"
