"""/drafts: fill in a form over days and on several devices, then submit it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.api.applications import KEY, PAGE, ReceiptSerializer
from backend.api.context import authority_id_of, idempotency_key, language_of_request, now
from backend.api.draft_schema import (
    BeginningSerializer,
    DraftAnswersSerializer,
    DraftPageSerializer,
    DraftSerializer,
    DraftSummarySerializer,
)
from backend.api.pagination import limit_of, page, place_of, refuse_unknown
from backend.api.party_schema import PartiesSerializer, parties_of
from backend.api.preconditions import etag, optional_revision_of, revision_of
from backend.api.problem_schema import problems_of
from backend.api.services import SLUG
from backend.cases.operations.submission import submit_draft
from backend.cases.queries.submitted import noticing_submission
from backend.drafts import queries
from backend.drafts.beginning import Beginning
from backend.drafts.operations import filling
from backend.drafts.operations.moving import move_to_newest
from backend.drafts.state import DraftState

IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="The ETag of the state you have seen.",
)
IF_MATCH_OPTIONAL = OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, description="Only this state.")


def _answer(state: DraftState, *, status: int = 200, **headers: str) -> Response:
    content = DraftSerializer(state).data
    own = {"ETag": etag(state.revision), "Cache-Control": "private, no-store"}
    return Response(content, status=status, headers={**own, **headers})


def _noticing_submission(request: Any, draft_id: UUID) -> AbstractContextManager[None]:
    return noticing_submission(authority_id=authority_id_of(request), citizen=request.user, draft_id=draft_id)


class Drafts(APIView):
    """Begin a draft."""

    @extend_schema(
        request=BeginningSerializer,
        responses={
            201: DraftSerializer,
            200: DraftSerializer,
            **problems_of(400, 401, 403, 404, 409, 410, 413, 415, 422, 503),
        },
        operation_id="beginDraft",
        tags=["drafts"],
        parameters=[SLUG, KEY],
    )
    def post(self, request: Any, slug: str) -> Response:
        key = idempotency_key(request)
        form = BeginningSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        wanted = form.validated_data
        beginning = Beginning(
            service=slug,
            version_id=wanted.get("version"),
            answers=wanted.get("answers", {}),
            link=wanted.get("prefill"),
            language=wanted.get("language") or language_of_request(),
        )
        state, repeated = filling.begin(
            authority_id=authority_id_of(request),
            citizen=request.user,
            beginning=beginning,
            idempotency_key=key,
            now=now(),
        )
        return _answer(state, status=200 if repeated else 201, Location=f"/api/v1/drafts/{state.id}")


class DraftList(APIView):
    """My drafts."""

    @extend_schema(
        responses={200: DraftPageSerializer, **problems_of(400, 401, 403)},
        operation_id="listMyDrafts",
        tags=["drafts"],
        parameters=PAGE,
    )
    def get(self, request: Any) -> Response:
        refuse_unknown(request, known=("cursor", "limit"))
        limit = limit_of(request)
        rows = queries.my_drafts(
            authority_id=authority_id_of(request), citizen=request.user, before=place_of(request), limit=limit
        )
        results = [DraftSummarySerializer(row).data for row in rows]
        return Response(page(rows=results, places=[(row.created_at, row.id) for row in rows], limit=limit))


class DraftDetail(APIView):
    """One draft."""

    @extend_schema(
        responses={200: DraftSerializer, **problems_of(401, 403, 404, 410)},
        operation_id="getMyDraft",
        tags=["drafts"],
    )
    def get(self, request: Any, draft_id: UUID) -> Response:
        with _noticing_submission(request, draft_id):
            state = queries.my_draft(
                authority_id=authority_id_of(request), citizen=request.user, draft_id=draft_id, now=now()
            )
        return _answer(state)

    @extend_schema(
        request=DraftAnswersSerializer,
        responses={200: DraftSerializer, **problems_of(400, 401, 403, 404, 410, 412, 413, 415, 422, 428)},
        operation_id="saveDraft",
        tags=["drafts"],
        parameters=[IF_MATCH],
    )
    def put(self, request: Any, draft_id: UUID) -> Response:
        revision = revision_of(request)
        form = DraftAnswersSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        with _noticing_submission(request, draft_id):
            state = filling.save(
                authority_id=authority_id_of(request),
                citizen=request.user,
                draft_id=draft_id,
                revision=revision,
                answers=form.validated_data["answers"],
                now=now(),
            )
        return _answer(state)

    @extend_schema(
        responses={204: None, **problems_of(400, 401, 403, 404, 410, 412)},
        operation_id="discardDraft",
        tags=["drafts"],
        parameters=[IF_MATCH_OPTIONAL],
    )
    def delete(self, request: Any, draft_id: UUID) -> Response:
        with _noticing_submission(request, draft_id):
            filling.discard(
                authority_id=authority_id_of(request),
                citizen=request.user,
                draft_id=draft_id,
                revision=optional_revision_of(request),
            )
        return Response(status=204)


class DraftUpdate(APIView):
    """Move a draft to the version of the form that is in force."""

    @extend_schema(
        request=None,
        responses={200: DraftSerializer, **problems_of(400, 401, 403, 404, 410, 412, 428)},
        operation_id="updateDraft",
        tags=["drafts"],
        parameters=[IF_MATCH],
    )
    def post(self, request: Any, draft_id: UUID) -> Response:
        with _noticing_submission(request, draft_id):
            state = move_to_newest(
                authority_id=authority_id_of(request),
                citizen=request.user,
                draft_id=draft_id,
                revision=revision_of(request),
                now=now(),
            )
        return _answer(state)


class DraftSubmission(APIView):
    """Submit a draft. Repeating it gets the same receipt."""

    @extend_schema(
        request=PartiesSerializer,
        responses={
            201: ReceiptSerializer,
            200: ReceiptSerializer,
            **problems_of(400, 401, 403, 404, 409, 410, 412, 422, 428, 503),
        },
        operation_id="submitDraft",
        tags=["drafts"],
        parameters=[IF_MATCH],
    )
    def post(self, request: Any, draft_id: UUID) -> Response:
        revision = revision_of(request)
        form = PartiesSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        receipt = submit_draft(
            authority_id=authority_id_of(request),
            citizen=request.user,
            draft_id=draft_id,
            revision=revision,
            now=now(),
            parties=parties_of(form.validated_data),
        )
        return Response(
            ReceiptSerializer(receipt).data,
            status=200 if receipt.repeated else 201,
            headers={"Location": f"/api/v1/applications/{receipt.case_id}"},
        )
