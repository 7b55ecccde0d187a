"""What a citizen does with files, over HTTP as a tus client does; and files to send."""

from __future__ import annotations

import base64
import hashlib
import io
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pikepdf
from django.http import HttpResponse

from backend.demo.applications import PLAIN
from backend.drafts.beginning import Beginning
from backend.drafts.operations.filling import begin as begin_draft
from backend.identity.queries import who_is
from tests.integration.door import Caller
from tests.integration.files.form_with_files import PICTURE
from tests.integration.town import SLUG, TestTown

TUS = {"Tus-Resumable": "1.0.0"}
BYTES = "application/offset+octet-stream"


def new_draft(who: Caller, town: TestTown) -> UUID:
    """A draft of hers with complete answers but for the files."""
    now = datetime.now(UTC)
    assert who.token is not None
    beginning = Beginning(service=SLUG, version_id=None, answers=PLAIN, link=None, language="de")
    state, _ = begin_draft(
        authority_id=town.id,
        citizen=who_is(token=who.token, authority_id=town.id, now=now),
        beginning=beginning,
        idempotency_key=uuid4().hex,
        now=now,
    )
    return state.id


def pdf(*, size: int = 0) -> bytes:
    """A harmless PDF of at least `size` bytes."""
    document = pikepdf.new()
    document.add_blank_page()
    document.Root.Filler = pikepdf.Stream(document, b"x" * size)
    target = io.BytesIO()
    document.save(target, compress_streams=False)
    return target.getvalue()


def metadata(name: str, field: str) -> str:
    pairs = {"filename": name, "field": field}
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in pairs.items())


def begin(
    who: Caller,
    draft: Any,
    *,
    length: Any,
    name: str = "a.pdf",
    field: str = PICTURE,
    body: bytes = b"",
    **headers: str,
) -> HttpResponse:
    sent = {**TUS, "Upload-Length": str(length), "Upload-Metadata": metadata(name, field), **headers}
    kind = BYTES if body else "application/octet-stream"
    path = f"/api/v1/drafts/{draft}/attachments"
    return who.call("POST", path, data=body, content_type=kind, headers=sent)


def begun(who: Caller, draft: Any, **more: Any) -> str:
    """The address of a new upload."""
    answer = begin(who, draft, **more)
    assert answer.status_code == 201, answer.content
    return "/api/v1/" + str(answer["Location"]).partition("/api/v1/")[2]


def patch(
    who: Caller, url: str, content: bytes, *, offset: Any, kind: str = BYTES, **headers: str
) -> HttpResponse:
    # The test client leaves both out for an empty body.
    of_body = {"Content-Type": kind, "Content-Length": str(len(content))}
    sent = {**TUS, **of_body, "Upload-Offset": str(offset), **headers}
    return who.call("PATCH", url, data=content, content_type=kind, headers=sent)


def head(who: Caller, url: str) -> HttpResponse:
    return who.call("HEAD", url, headers=TUS)


def delete(who: Caller, url: str) -> HttpResponse:
    return who.call("DELETE", url, headers=TUS)


def checksum(content: bytes, algorithm: str = "sha256") -> dict[str, str]:
    digest = hashlib.new(algorithm, content).digest()
    return {"Upload-Checksum": f"{algorithm} {base64.b64encode(digest).decode()}"}


def uploaded(who: Caller, draft: Any, content: bytes, **more: Any) -> str:
    """A complete upload in one request."""
    return begun(who, draft, length=len(content), body=content, **more)


def look(who: Caller, url: str) -> dict[str, Any]:
    answer = who.get(url)
    assert answer.status_code == 200, answer.content
    return dict(answer.json())
