"""How OpenAPI describes problems."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers


class ProblemEntrySerializer(serializers.Serializer):
    """One single thing to mend."""

    pointer = serializers.CharField(allow_blank=True, help_text="JSON pointer, parameter or header.")
    code = serializers.CharField()
    detail = serializers.CharField()
    texts = serializers.DictField(child=serializers.CharField())


class ProblemSerializer(serializers.Serializer):
    """RFC 9457 problem details; docs/reference/problems.md lists all types."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    errors = ProblemEntrySerializer(many=True, required=False)


def problems_of(*statuses: int) -> dict[Any, Any]:
    """Response entries for `extend_schema`."""
    return {
        (status, "application/problem+json"): OpenApiResponse(ProblemSerializer, description="Problem")
        for status in statuses
    }
