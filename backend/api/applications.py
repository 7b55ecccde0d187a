"""/applications: a citizen submits, and sees where her applications are and what came of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.api.context import authority_id_of, idempotency_key, language_of_request, now
from backend.api.fields import AnyJSON
from backend.api.pagination import limit_of, page, place_of, refuse_unknown
from backend.api.party_schema import (
    CoSignerInfoSerializer,
    PartiesSerializer,
    RepresentationSerializer,
    parties_of,
)
from backend.api.problem_schema import problems_of
from backend.api.services import SLUG
from backend.cases.operations.mailbox import fetch_notice
from backend.cases.operations.submission import submit
from backend.cases.queries import citizen as queries

TEXTS = serializers.DictField(child=serializers.CharField())
KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="A random text (8 to 200 characters). The same key again gets the first answer again.",
)
REFERENCE = OpenApiParameter("reference", str, description="Only the case with this reference number.")
PAGE = [
    OpenApiParameter("cursor", str, description="`next` of the page before."),
    OpenApiParameter("limit", int, description="1 to 200, normally 50."),
]


class SubmissionSerializer(PartiesSerializer):
    """What a citizen sends."""

    answers = AnyJSON(help_text="As the form's JSON Schema says.")
    version = serializers.UUIDField(required=False, help_text="The version of the form that was filled in.")
    language = serializers.ChoiceField(["de", "en"], required=False)


class ReceiptSerializer(serializers.Serializer):
    """The application is safe."""

    id = serializers.UUIDField(source="case_id")
    reference = serializers.CharField()
    service = serializers.CharField()
    submitted_at = serializers.DateTimeField()
    repeated = serializers.BooleanField()


class SummarySerializer(serializers.Serializer):
    id = serializers.UUIDField()
    reference = serializers.CharField()
    service = serializers.CharField()
    title = TEXTS
    status = serializers.ChoiceField(["waiting_for_signatures", "received", "in_progress", "closed"])
    outcome = serializers.CharField(allow_blank=True)
    opened_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)


class SummaryPageSerializer(serializers.Serializer):
    results = SummarySerializer(many=True)
    next = serializers.CharField(allow_null=True)


class StepSerializer(serializers.Serializer):
    element = serializers.CharField()
    label = TEXTS
    state = serializers.CharField()


class TimelineSerializer(serializers.Serializer):
    kind = serializers.CharField()
    at = serializers.DateTimeField()
    text = TEXTS


class ApplicationSerializer(SummarySerializer):
    steps = StepSerializer(many=True)
    timeline = TimelineSerializer(many=True)
    representation = RepresentationSerializer()
    co_signers = CoSignerInfoSerializer(many=True)


class MessageSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    sent_at = serializers.DateTimeField()
    first_read_at = serializers.DateTimeField(allow_null=True)
    from_authority = serializers.BooleanField()
    subject = serializers.DictField(source="content.subject", child=serializers.CharField())
    text = serializers.SerializerMethodField(help_text="By language; null if the notice says it all.")
    notice = serializers.SerializerMethodField()

    def get_text(self, message: queries.MailboxMessage) -> dict[str, str] | None:
        return message.content.get("text")

    def get_notice(self, message: queries.MailboxMessage) -> dict[str, Any] | None:
        if message.notice is None:
            return None
        return {
            "id": message.notice.id,
            "sha256": message.notice.sha256,
            "document": f"/api/v1/notices/{message.notice.id}/document",
        }


class Submissions(APIView):
    """Apply for a service."""

    @extend_schema(
        request=SubmissionSerializer,
        responses={
            201: ReceiptSerializer,
            200: ReceiptSerializer,
            **problems_of(400, 401, 403, 404, 410, 413, 415, 422, 503),
        },
        operation_id="submitApplication",
        tags=["applications"],
        parameters=[SLUG, KEY],
    )
    def post(self, request: Any, slug: str) -> Response:
        key = idempotency_key(request)
        form = SubmissionSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        receipt = submit(
            authority_id=authority_id_of(request),
            citizen=request.user,
            service=slug,
            version_id=form.validated_data.get("version"),
            answers=form.validated_data["answers"],
            idempotency_key=key,
            language=form.validated_data.get("language") or language_of_request(),
            now=now(),
            parties=parties_of(form.validated_data),
        )
        location = f"/api/v1/applications/{receipt.case_id}"
        return Response(
            ReceiptSerializer(receipt).data,
            status=200 if receipt.repeated else 201,
            headers={"Location": location},
        )


class ApplicationList(APIView):
    """My applications."""

    @extend_schema(
        responses={200: SummaryPageSerializer, **problems_of(400, 401, 403)},
        operation_id="listMyApplications",
        tags=["applications"],
        parameters=[REFERENCE, *PAGE],
    )
    def get(self, request: Any) -> Response:
        refuse_unknown(request, known=("reference", "cursor", "limit"))
        limit = limit_of(request)
        rows = queries.my_cases(
            authority_id=authority_id_of(request),
            citizen=request.user,
            reference=request.query_params.get("reference"),
            before=place_of(request),
            limit=limit,
        )
        results = [SummarySerializer(row).data for row in rows]
        return Response(page(rows=results, places=[(row.opened_at, row.id) for row in rows], limit=limit))


class ApplicationDetail(APIView):
    """Where one application is: status, steps done and ahead, timeline."""

    @extend_schema(
        responses={200: ApplicationSerializer, **problems_of(401, 403, 404)},
        operation_id="getMyApplication",
        tags=["applications"],
    )
    def get(self, request: Any, case_id: UUID) -> Response:
        found = queries.my_case(authority_id=authority_id_of(request), citizen=request.user, case_id=case_id)
        return Response(
            {
                **SummarySerializer(found.summary).data,
                "steps": [StepSerializer(step).data for step in found.steps],
                "timeline": [TimelineSerializer(entry).data for entry in found.timeline],
                "representation": RepresentationSerializer(found.representation).data,
                "co_signers": [CoSignerInfoSerializer(each).data for each in found.co_signers],
            }
        )


class ApplicationMailbox(APIView):
    """The messages about one application."""

    @extend_schema(
        responses={200: MessageSerializer(many=True), **problems_of(401, 403, 404)},
        operation_id="listMyMessages",
        tags=["applications"],
    )
    def get(self, request: Any, case_id: UUID) -> Response:
        messages = queries.mailbox(
            authority_id=authority_id_of(request), citizen=request.user, case_id=case_id
        )
        return Response([MessageSerializer(message).data for message in messages])


class NoticeDocument(APIView):
    """A notice as a sealed PDF."""

    @extend_schema(
        responses={
            (200, "application/pdf"): OpenApiResponse(OpenApiTypes.BINARY),
            **problems_of(401, 403, 404),
        },
        operation_id="getNoticeDocument",
        tags=["applications"],
    )
    def get(self, request: Any, notice_id: UUID) -> HttpResponse:
        reference, content = fetch_notice(
            authority_id=authority_id_of(request), citizen=request.user, notice_id=notice_id, now=now()
        )
        headers = {
            "Content-Disposition": f'attachment; filename="Bescheid-{reference}.pdf"',
            "Cache-Control": "private, no-store",
        }
        return HttpResponse(content, content_type="application/pdf", headers=headers)
