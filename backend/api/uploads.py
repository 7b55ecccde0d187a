"""Uploads by tus 1.0.0: /drafts/{id}/attachments begins one, /attachments/{id} continues or removes it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.http import http_date
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.api import tus
from backend.api.attachments import AttachmentSerializer, shown
from backend.api.context import authority_id_of, now
from backend.api.errors import Refused
from backend.api.problem_schema import problems_of
from backend.cases.operations import uploads as operations
from backend.cases.operations.uploads import UploadState
from backend.cases.queries import attachments as queries
from backend.files.errors import StoreAway, UploadTooLarge
from backend.files.uploads import PART_BYTES

BODY = {tus.CONTENT_TYPE: OpenApiTypes.BINARY}


def _header(name: str, text: str, *, required: bool = True, kind: Any = str) -> OpenApiParameter:
    return OpenApiParameter(name, kind, OpenApiParameter.HEADER, required=required, description=text)


RESUMABLE = _header("Tus-Resumable", "`1.0.0`.")
LENGTH = _header("Upload-Length", "Size of the file in bytes.", kind=int)
OFFSET = _header("Upload-Offset", "The byte at which the body begins.", kind=int)
METADATA = _header("Upload-Metadata", "`filename` and `field` (JSON pointer of the question), in base64.")
CHECKSUM = _header("Upload-Checksum", "`sha256` or `sha1` and the body's checksum in base64.", required=False)
OVERRIDABLE = ("HEAD", "PATCH", "DELETE")


class _Tus(APIView):
    """What all requests of the protocol have in common."""

    plain_methods = ("GET", "OPTIONS")

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        override = request.headers.get("X-HTTP-Method-Override", "").upper()
        if request.method == "POST" and override in OVERRIDABLE:
            request.method = override
        return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method not in self.plain_methods and request.method in self.allowed_methods:
            tus.check_version(request)

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        response["Tus-Resumable"] = tus.VERSION
        response["Cache-Control"] = "private, no-store"
        return super().finalize_response(request, response, *args, **kwargs)

    @extend_schema(exclude=True)
    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        """What the server can do."""
        headers = {
            "Tus-Version": tus.VERSION,
            "Tus-Extension": tus.EXTENSIONS,
            "Tus-Max-Size": str(tus.LARGEST),
            "Tus-Checksum-Algorithm": ",".join(tus.CHECKSUMS),
            "Allow": ", ".join(self.allowed_methods),
        }
        return Response(status=204, headers=headers)

    def receive(self, request: Any, *, attachment_id: UUID, offset: int) -> UploadState:
        announced = tus.check_body(request)
        return operations.receive(
            authority_id=authority_id_of(request),
            citizen=request.user,
            attachment_id=attachment_id,
            offset=offset,
            announced=announced,
            pieces=tus.pieces(request, length=announced, largest=PART_BYTES),
            now=now(),
        )


def _progress(state: UploadState) -> dict[str, str]:
    headers = {"Upload-Offset": str(state.offset)}
    if state.expires_at is not None:
        headers["Upload-Expires"] = http_date(state.expires_at.timestamp())
    return headers


class DraftAttachments(_Tus):
    """The files of a draft."""

    @extend_schema(
        responses={200: AttachmentSerializer(many=True), **problems_of(401, 403, 404)},
        operation_id="listDraftAttachments",
        tags=["attachments"],
    )
    def get(self, request: Any, draft_id: UUID) -> Response:
        found = queries.of_draft(
            authority_id=authority_id_of(request), citizen=request.user, draft_id=draft_id
        )
        return Response([shown(request, one) for one in found])

    @extend_schema(
        request=BODY,
        responses={201: None, **problems_of(400, 401, 403, 404, 409, 412, 413, 415, 422, 460, 503)},
        operation_id="beginUpload",
        tags=["attachments"],
        parameters=[RESUMABLE, LENGTH, METADATA, CHECKSUM],
    )
    def post(self, request: Any, draft_id: UUID) -> Response:
        """Begin an upload. A body of `application/offset+octet-stream` is its first part."""
        length = tus.number(request, "Upload-Length")
        name, field = tus.metadata(request)
        carries = request.headers.get("Content-Length", "0") not in {"", "0"}
        if carries:
            tus.check_body(request)
        state = operations.begin(
            authority_id=authority_id_of(request),
            citizen=request.user,
            draft_id=draft_id,
            field=field,
            name=name,
            length=length,
            now=now(),
        )
        if carries:
            state = self._first_part(request, attachment_id=state.id)
        before = request.path.partition("/api/v1/")[0]
        location = request.build_absolute_uri(f"{before}/api/v1/attachments/{state.id}")
        return Response(status=201, headers={"Location": location, **_progress(state)})

    def _first_part(self, request: Any, *, attachment_id: UUID) -> UploadState:
        try:
            return self.receive(request, attachment_id=attachment_id, offset=0)
        except (Refused, StoreAway, UploadTooLarge):
            # The answer is a refusal without its address: nobody could go on with it.
            operations.remove(
                authority_id=authority_id_of(request),
                citizen=request.user,
                attachment_id=attachment_id,
                now=now(),
            )
            raise


class Attachment(_Tus):
    """One file: how far its upload is, more of it, or away with it."""

    @extend_schema(
        responses={200: AttachmentSerializer, **problems_of(401, 403, 404)},
        operation_id="getAttachment",
        tags=["attachments"],
    )
    def get(self, request: Any, attachment_id: UUID) -> Response:
        found = queries.mine(
            authority_id=authority_id_of(request),
            citizen=request.user,
            attachment_id=attachment_id,
            now=now(),
        )
        return Response(shown(request, found))

    @extend_schema(exclude=True)
    def head(self, request: Any, attachment_id: UUID) -> Response:
        state = operations.state(
            authority_id=authority_id_of(request),
            citizen=request.user,
            attachment_id=attachment_id,
            now=now(),
        )
        return Response(status=200, headers={"Upload-Length": str(state.length), **_progress(state)})

    @extend_schema(
        request=BODY,
        responses={204: None, **problems_of(400, 401, 403, 404, 409, 412, 413, 415, 460, 503)},
        operation_id="continueUpload",
        tags=["attachments"],
        parameters=[RESUMABLE, OFFSET, CHECKSUM],
    )
    def patch(self, request: Any, attachment_id: UUID) -> Response:
        offset = tus.number(request, "Upload-Offset")
        state = self.receive(request, attachment_id=attachment_id, offset=offset)
        return Response(status=204, headers=_progress(state))

    @extend_schema(
        responses={204: None, **problems_of(401, 403, 404, 409, 412)},
        operation_id="removeAttachment",
        tags=["attachments"],
        parameters=[RESUMABLE],
    )
    def delete(self, request: Any, attachment_id: UUID) -> Response:
        operations.remove(
            authority_id=authority_id_of(request),
            citizen=request.user,
            attachment_id=attachment_id,
            now=now(),
        )
        return Response(status=204)
