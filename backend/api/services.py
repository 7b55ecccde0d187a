"""/services: what can be applied for."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.api.context import authority_id_of, now
from backend.api.problem_schema import problems_of
from backend.cases.queries import offers
from backend.services.publishing import publish_texts


class CoSignersWantedSerializer(serializers.Serializer):
    """How many sign with the applicant, and how many days they have."""

    min = serializers.IntegerField(source="least")
    max = serializers.IntegerField(source="most")
    days = serializers.IntegerField()
    when_missing = serializers.ChoiceField(["close", "proceed"])


class ServiceSerializer(serializers.Serializer):
    """A service that can be applied for. Texts are by language."""

    slug = serializers.CharField()
    version = serializers.UUIDField(help_text="The version that takes applications now.")
    number = serializers.IntegerField()
    title = serializers.DictField(child=serializers.CharField())
    description = serializers.DictField(child=serializers.CharField())
    languages = serializers.ListField(child=serializers.CharField())
    trust_level = serializers.ChoiceField(["none", "low", "substantial", "high"])
    written_form = serializers.CharField(
        allow_null=True, help_text="The law whose written form the sign-in has to replace; null: none."
    )
    guests = serializers.BooleanField(help_text="Can be applied for without an account.")
    representation = serializers.ListField(
        child=serializers.CharField(), help_text="On whose behalf else: child, company, mandate."
    )
    co_signers = CoSignersWantedSerializer(allow_null=True, help_text="Who else signs; null: nobody.")
    legal_basis = serializers.ListField(child=serializers.CharField())


SLUG = OpenApiParameter("slug", str, OpenApiParameter.PATH, description="The service's short name.")


class PackageSerializer(serializers.Serializer):
    """A service package: the files of its folder."""

    files = serializers.DictField(
        child=serializers.CharField(trim_whitespace=False, allow_blank=True),
        help_text="Name inside the package (`letters/bescheid.de.md`) → content.",
    )


class VersionSerializer(serializers.Serializer):
    """The version that takes applications from now on."""

    slug = serializers.CharField()
    version = serializers.UUIDField(source="id")
    number = serializers.IntegerField()
    content_hash = serializers.CharField()
    published_at = serializers.DateTimeField()


class ServiceList(APIView):
    """The services of this authority."""

    # Whoever reads need not sign in, and a token that has expired does not keep anybody from reading.
    def get_authenticators(self) -> list[Any]:
        return super().get_authenticators() if self._publishing() else []

    def _publishing(self) -> bool:
        # There is no request while the description (OpenAPI) is made.
        return self.request is None or self.request.method == "POST"

    @extend_schema(
        responses=ServiceSerializer(many=True), operation_id="listServices", tags=["services"], auth=[]
    )
    def get(self, request: Any) -> Response:
        services = offers.offered(authority_id=authority_id_of(request))
        return Response([ServiceSerializer(service).data for service in services])

    @extend_schema(
        request=PackageSerializer,
        responses={201: VersionSerializer, **problems_of(400, 401, 403, 413, 415, 422)},
        operation_id="publishService",
        tags=["services"],
    )
    def post(self, request: Any) -> Response:
        form = PackageSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        version = publish_texts(
            authority_id=authority_id_of(request), texts=form.validated_data["files"], now=now()
        )
        return Response(VersionSerializer(version).data, status=201)


class ServiceDetail(APIView):
    """One service."""

    authentication_classes: list[Any] = []

    @extend_schema(
        responses=ServiceSerializer, operation_id="getService", tags=["services"], parameters=[SLUG]
    )
    def get(self, request: Any, slug: str) -> Response:
        return Response(
            ServiceSerializer(offers.service(authority_id=authority_id_of(request), slug=slug)).data
        )
