"""/services/{slug}/prefill-links: the authority fills in part of a form for somebody beforehand."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.api.context import authority_id_of, now
from backend.api.fields import AnyJSON
from backend.api.problem_schema import problems_of
from backend.api.services import SLUG
from backend.drafts.operations.linking import DAYS, LONGEST_VALIDITY, make_link


class PrefillLinkRequestSerializer(serializers.Serializer):
    """What the link is to carry, and for how long it is good."""

    answers = AnyJSON(help_text="Part of the form's answers; what is there must be right.")
    days = serializers.IntegerField(min_value=1, max_value=LONGEST_VALIDITY.days, default=DAYS)


class PrefillLinkSerializer(serializers.Serializer):
    token = serializers.CharField(help_text="To be sent as `prefill` when a draft is begun.")
    address = serializers.CharField(allow_blank=True, help_text="The portal's page with it, if there is one.")
    expires_at = serializers.DateTimeField()


class PrefillLinks(APIView):
    """Make a link that begins a draft with answers filled in."""

    @extend_schema(
        request=PrefillLinkRequestSerializer,
        responses={
            201: PrefillLinkSerializer,
            **problems_of(400, 401, 403, 404, 410, 413, 415, 422),
        },
        operation_id="makePrefillLink",
        tags=["drafts"],
        parameters=[SLUG],
    )
    def post(self, request: Any, slug: str) -> Response:
        form = PrefillLinkRequestSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        link = make_link(
            authority_id=authority_id_of(request),
            service=slug,
            answers=form.validated_data["answers"],
            valid_for=timedelta(days=form.validated_data["days"]),
            now=now(),
        )
        headers = {"Cache-Control": "private, no-store"}
        return Response(PrefillLinkSerializer(link).data, status=201, headers=headers)
