"""/co-signatures: somebody who was asked to sign an application reads it, and signs it or declines."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.api.applications import TEXTS
from backend.api.context import authority_id_of, now
from backend.api.fields import AnyJSON
from backend.api.party_schema import RepresentationSerializer
from backend.api.problem_schema import problems_of
from backend.cases.operations.co_signing import decline, sign
from backend.cases.queries.co_signing import CoSigned, to_sign

HEADER = "Co-Signature-Token"
TOKEN = OpenApiParameter(
    HEADER,
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="The secret from the mail: in a header, so that it stands in no address and no log.",
)


class AttachedSerializer(serializers.Serializer):
    """A file that goes with the application; `sha256` is empty until it was checked."""

    field = serializers.CharField()
    name = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField(allow_blank=True)


class CoSignatureSerializer(serializers.Serializer):
    """An application as it was submitted, for somebody who is to sign it or has signed it."""

    id = serializers.UUIDField()
    status = serializers.ChoiceField(["invited", "signed", "declined", "expired"])
    due_at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)
    reference = serializers.CharField()
    service = serializers.CharField()
    title = TEXTS
    version = serializers.UUIDField(help_text="Of the form, which says what the answers mean.")
    language = serializers.CharField()
    submitted_at = serializers.DateTimeField()
    answers = AnyJSON()
    representation = RepresentationSerializer()
    attachments = AttachedSerializer(many=True)


def _answer(found: CoSigned) -> Response:
    return Response(CoSignatureSerializer(found).data, headers={"Cache-Control": "private, no-store"})


def _who(request: Any, co_signature_id: UUID) -> dict[str, Any]:
    return {
        "authority_id": authority_id_of(request),
        "citizen": request.user,
        "co_signature_id": co_signature_id,
        "token": request.headers.get(HEADER, ""),
        "now": now(),
    }


class CoSignatureDetail(APIView):
    """The application that I am asked to sign."""

    @extend_schema(
        responses={200: CoSignatureSerializer, **problems_of(401, 403, 404, 409)},
        operation_id="getCoSignature",
        tags=["co-signatures"],
        parameters=[TOKEN],
    )
    def get(self, request: Any, co_signature_id: UUID) -> Response:
        return _answer(to_sign(**_who(request, co_signature_id)))


class CoSignatureSign(APIView):
    """Sign it. Repeating it changes nothing."""

    @extend_schema(
        request=None,
        responses={200: CoSignatureSerializer, **problems_of(401, 403, 404, 409)},
        operation_id="signApplication",
        tags=["co-signatures"],
        parameters=[TOKEN],
    )
    def post(self, request: Any, co_signature_id: UUID) -> Response:
        return _answer(sign(**_who(request, co_signature_id)))


class CoSignatureDecline(APIView):
    """Refuse to sign it. Repeating it changes nothing."""

    @extend_schema(
        request=None,
        responses={200: CoSignatureSerializer, **problems_of(401, 403, 404, 409)},
        operation_id="declineToSign",
        tags=["co-signatures"],
        parameters=[TOKEN],
    )
    def post(self, request: Any, co_signature_id: UUID) -> Response:
        return _answer(decline(**_who(request, co_signature_id)))
