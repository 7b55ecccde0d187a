"""/services: what can be applied for, and with which form."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.api.context import authority_id_of
from backend.api.permissions import Anybody
from backend.cases.queries import offers


class ServiceSerializer(serializers.Serializer):
    """A service that can be applied for. Texts are by language."""

    slug = serializers.CharField()
    version = serializers.UUIDField(help_text="The version that takes applications now.")
    number = serializers.IntegerField()
    title = serializers.DictField(child=serializers.CharField())
    description = serializers.DictField(child=serializers.CharField())
    languages = serializers.ListField(child=serializers.CharField())
    trust_level = serializers.ChoiceField(["none", "low", "substantial", "high"])
    legal_basis = serializers.ListField(child=serializers.CharField())


class FormSerializer(serializers.Serializer):
    """A form for any renderer that knows JSON Forms."""

    service = serializers.CharField()
    version = serializers.UUIDField()
    schema = serializers.JSONField(help_text="JSON Schema 2020-12: what is valid.")
    ui = serializers.JSONField(help_text="JSON Forms UI schema: how it is asked.")


SLUG = OpenApiParameter("slug", str, OpenApiParameter.PATH, description="The service's short name.")


class ServiceList(APIView):
    """The services of this authority."""

    permission_classes = [Anybody]
    authentication_classes: list[Any] = []

    @extend_schema(responses=ServiceSerializer(many=True), operation_id="listServices", tags=["services"])
    def get(self, request: Any) -> Response:
        services = offers.offered(authority_id=authority_id_of(request))
        return Response([ServiceSerializer(service).data for service in services])


class ServiceDetail(APIView):
    """One service."""

    permission_classes = [Anybody]
    authentication_classes: list[Any] = []

    @extend_schema(
        responses=ServiceSerializer, operation_id="getService", tags=["services"], parameters=[SLUG]
    )
    def get(self, request: Any, slug: str) -> Response:
        return Response(
            ServiceSerializer(offers.service(authority_id=authority_id_of(request), slug=slug)).data
        )


class ServiceForm(APIView):
    """The form of one service."""

    permission_classes = [Anybody]
    authentication_classes: list[Any] = []

    @extend_schema(
        responses=FormSerializer, operation_id="getServiceForm", tags=["services"], parameters=[SLUG]
    )
    def get(self, request: Any, slug: str) -> Response:
        form = offers.form(authority_id=authority_id_of(request), slug=slug)
        return Response({"service": slug, "version": form.version, "schema": form.schema, "ui": form.ui})
