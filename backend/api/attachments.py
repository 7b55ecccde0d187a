"""Attachments as they are seen and downloaded: by the citizen who sent them and the clerks of the case."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.api.context import authority_id_of, now
from backend.api.problem_schema import problems_of
from backend.cases.queries import attachments as queries
from backend.files.inspection import SUPPORTED_TYPES
from backend.files.queries import AttachmentInfo

STATES = ["uploading", "checking", "unscanned", "stored", "refused"]
FILE = {(200, *SUPPORTED_TYPES): OpenApiResponse(OpenApiTypes.BINARY)}


class RefusalSerializer(serializers.Serializer):
    code = serializers.CharField()
    texts = serializers.DictField(child=serializers.CharField())


class AttachmentSerializer(serializers.Serializer):
    """A file that was uploaded for one question."""

    id = serializers.UUIDField()
    field = serializers.CharField(help_text="JSON pointer of the question.")
    name = serializers.CharField()
    content_type = serializers.CharField(
        allow_blank=True, help_text="What it is; empty until it was looked at."
    )
    size = serializers.IntegerField(help_text="Bytes.")
    received = serializers.IntegerField(help_text="Bytes that have arrived.")
    sha256 = serializers.CharField(allow_blank=True)
    status = serializers.ChoiceField(
        STATES, help_text="Only a stored file can be downloaded; unscanned: the virus scan is still to come."
    )
    reason = RefusalSerializer(allow_null=True, help_text="Why it was refused.")
    created_at = serializers.DateTimeField()
    content = serializers.CharField(allow_null=True, help_text="Where it can be downloaded.")


def shown(request: Any, attachment: AttachmentInfo, *, case_id: UUID | None = None) -> dict[str, Any]:
    """The answer for one attachment; its `content` leads where this caller may download it."""
    before = request.path.partition("/api/v1/")[0]
    place = f"cases/{case_id}/attachments" if case_id else "attachments"
    path = f"{before}/api/v1/{place}/{attachment.id}/content"
    fields = {name: getattr(attachment, name) for name in AttachmentInfo.__slots__}
    return AttachmentSerializer({**fields, "content": path if attachment.status == "stored" else None}).data


def _as_download(attachment: AttachmentInfo, content: bytes) -> HttpResponse:
    # A stranger's file: it is saved, never shown, and could do nothing if it were.
    headers = {
        "Content-Disposition": content_disposition_header(as_attachment=True, filename=attachment.name) or "",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(content, content_type=attachment.content_type, headers=headers)


class AttachmentContent(APIView):
    """A file of mine."""

    @extend_schema(
        responses={**FILE, **problems_of(401, 403, 404, 409, 503)},
        operation_id="downloadAttachment",
        tags=["attachments"],
    )
    def get(self, request: Any, attachment_id: UUID) -> HttpResponse:
        attachment, content = queries.download_mine(
            authority_id=authority_id_of(request),
            citizen=request.user,
            attachment_id=attachment_id,
            now=now(),
        )
        return _as_download(attachment, content)


class ApplicationAttachments(APIView):
    """The files I sent with an application."""

    @extend_schema(
        responses={200: AttachmentSerializer(many=True), **problems_of(401, 403, 404)},
        operation_id="listMyAttachments",
        tags=["attachments"],
    )
    def get(self, request: Any, case_id: UUID) -> Response:
        found = queries.of_application(
            authority_id=authority_id_of(request), citizen=request.user, case_id=case_id
        )
        return Response([shown(request, one) for one in found])


class CaseAttachments(APIView):
    """The files of a case."""

    @extend_schema(
        responses={200: AttachmentSerializer(many=True), **problems_of(401, 403, 404)},
        operation_id="listCaseAttachments",
        tags=["attachments"],
    )
    def get(self, request: Any, case_id: UUID) -> Response:
        found = queries.of_case(authority_id=authority_id_of(request), clerk=request.user, case_id=case_id)
        return Response([shown(request, one, case_id=case_id) for one in found])


class CaseContent(APIView):
    """A file of a case."""

    @extend_schema(
        responses={**FILE, **problems_of(401, 403, 404, 409, 503)},
        operation_id="downloadCaseAttachment",
        tags=["attachments"],
    )
    def get(self, request: Any, case_id: UUID, file_id: UUID) -> HttpResponse:
        attachment, content = queries.download_of_case(
            authority_id=authority_id_of(request),
            clerk=request.user,
            case_id=case_id,
            attachment_id=file_id,
        )
        return _as_download(attachment, content)
