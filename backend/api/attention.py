"""/attention: what failed for good, with its reason and a retry."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.api.context import authority_id_of, now
from backend.api.problem_schema import problems_of
from backend.cases.operations import attention
from backend.cases.queries import clerk as queries

SHOWN = 200


class AttentionSerializer(serializers.Serializer):
    """An instruction that nobody tries again unless a person says so."""

    id = serializers.UUIDField()
    case = serializers.UUIDField(source="case_id")
    reference = serializers.CharField()
    kind = serializers.CharField()
    reason = serializers.CharField()
    attempts = serializers.IntegerField()
    created_at = serializers.DateTimeField()


class AttentionList(APIView):
    """What needs attention, oldest first (at most 200)."""

    @extend_schema(
        responses={200: AttentionSerializer(many=True), **problems_of(401, 403)},
        operation_id="listAttention",
        tags=["operation"],
    )
    def get(self, request: Any) -> Response:
        entries = queries.needs_attention(authority_id=authority_id_of(request), limit=SHOWN)
        return Response([AttentionSerializer(entry).data for entry in entries])


class AttentionRetry(APIView):
    """Try again with a fresh budget; who did so is on the record."""

    @extend_schema(
        request=None,
        responses={202: None, **problems_of(401, 403, 404)},
        operation_id="retryCommand",
        tags=["operation"],
    )
    def post(self, request: Any, command_id: UUID) -> Response:
        attention.retry(
            authority_id=authority_id_of(request), command_id=command_id, actor=request.user.actor, now=now()
        )
        return Response(status=202)
