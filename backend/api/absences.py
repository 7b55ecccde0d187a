"""/absences: who is away and who stands in; one's own, and anybody's for configurators and machines."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.api.applications import KEY
from backend.api.clerks import IF_MATCH, with_etag
from backend.api.context import authority_id_of, idempotency_key, now
from backend.api.preconditions import revision_of
from backend.api.problem_schema import problems_of
from backend.authorities import absences, directory
from backend.authorities.queries import ClerkAccount


class WantedAbsenceSerializer(serializers.Serializer):
    """From the first to the last day, both included. Exactly one of `deputy` and `deputy_unit`."""

    first_day = serializers.DateField()
    last_day = serializers.DateField()
    unit = serializers.CharField(
        max_length=64, allow_null=True, required=False, help_text="Only the work of this unit; null: all."
    )
    deputy = serializers.UUIDField(allow_null=True, required=False, help_text="A clerk.")
    deputy_unit = serializers.CharField(max_length=64, allow_null=True, required=False)


class AbsenceSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    clerk = serializers.UUIDField(source="clerk_id")
    first_day = serializers.DateField()
    last_day = serializers.DateField()
    unit = serializers.CharField(source="unit.key", default=None, allow_null=True)
    deputy = serializers.UUIDField(source="deputy_id", allow_null=True)
    deputy_unit = serializers.CharField(source="deputy_unit.key", default=None, allow_null=True)
    declared_by = serializers.CharField()
    declared_at = serializers.DateTimeField()
    ended_by = serializers.CharField(allow_blank=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    revision = serializers.IntegerField()


def _wish(request: Any) -> absences.AbsenceWish:
    form = WantedAbsenceSerializer(data=request.data)
    form.is_valid(raise_exception=True)
    return absences.AbsenceWish(**form.validated_data)


def _anybody(request: Any) -> absences.Declarer:
    return absences.Declarer(actor=request.user.actor)


def _oneself(request: Any) -> absences.Declarer:
    return absences.Declarer(actor=request.user.actor, own=request.user.id)


def _either(request: Any) -> absences.Declarer:
    user = request.user
    limited = isinstance(user, ClerkAccount) and not user.has_role("configurator")
    return _oneself(request) if limited else _anybody(request)


def _list(request: Any, clerk_id: UUID) -> Response:
    found = directory.absences(authority_id=authority_id_of(request), clerk_id=clerk_id)
    return Response([AbsenceSerializer(one).data for one in found])


def _declare(request: Any, clerk_id: UUID, by: absences.Declarer) -> Response:
    declared = absences.declare(
        authority_id=authority_id_of(request),
        clerk_id=clerk_id,
        wish=_wish(request),
        by=by,
        idempotency_key=idempotency_key(request),
        now=now(),
    )
    return with_etag(
        AbsenceSerializer(declared.absence).data,
        revision=declared.absence.revision,
        status=200 if declared.repeated else 201,
    )


class ClerkAbsences(APIView):
    """The absences of a clerk, the latest first."""

    @extend_schema(
        responses={200: AbsenceSerializer(many=True), **problems_of(401, 403, 404)},
        operation_id="listAbsences",
        tags=["staff"],
    )
    def get(self, request: Any, clerk_id: UUID) -> Response:
        return _list(request, clerk_id)

    @extend_schema(
        request=WantedAbsenceSerializer,
        responses={
            201: AbsenceSerializer,
            200: AbsenceSerializer,
            **problems_of(400, 401, 403, 404, 415, 422),
        },
        operation_id="declareAbsence",
        tags=["staff"],
        parameters=[KEY],
    )
    def post(self, request: Any, clerk_id: UUID) -> Response:
        return _declare(request, clerk_id, _anybody(request))


class OwnAbsences(APIView):
    """My own absences, the latest first. As deputy I can name people of my own unit."""

    @extend_schema(
        responses={200: AbsenceSerializer(many=True), **problems_of(401, 403)},
        operation_id="listOwnAbsences",
        tags=["staff"],
    )
    def get(self, request: Any) -> Response:
        return _list(request, request.user.id)

    @extend_schema(
        request=WantedAbsenceSerializer,
        responses={201: AbsenceSerializer, 200: AbsenceSerializer, **problems_of(400, 401, 403, 415, 422)},
        operation_id="declareOwnAbsence",
        tags=["staff"],
        parameters=[KEY],
    )
    def post(self, request: Any) -> Response:
        return _declare(request, request.user.id, _oneself(request))


class AbsenceDetail(APIView):
    """Correct an absence: it is ended, and the answer is a new one in its place, with an id of its own."""

    @extend_schema(
        request=WantedAbsenceSerializer,
        responses={200: AbsenceSerializer, **problems_of(400, 401, 403, 404, 412, 415, 422, 428)},
        operation_id="correctAbsence",
        tags=["staff"],
        parameters=[IF_MATCH],
    )
    def put(self, request: Any, absence_id: UUID) -> Response:
        absence = absences.correct(
            authority_id=authority_id_of(request),
            absence_id=absence_id,
            revision=revision_of(request),
            wish=_wish(request),
            by=_either(request),
            now=now(),
        )
        return with_etag(AbsenceSerializer(absence).data, revision=absence.revision)


class AbsenceEnd(APIView):
    """From now on nobody stands in because of it."""

    @extend_schema(
        request=None,
        responses={200: AbsenceSerializer, **problems_of(400, 401, 403, 404, 412, 428)},
        operation_id="endAbsence",
        tags=["staff"],
        parameters=[IF_MATCH],
    )
    def post(self, request: Any, absence_id: UUID) -> Response:
        absence = absences.end(
            authority_id=authority_id_of(request),
            absence_id=absence_id,
            revision=revision_of(request),
            by=_either(request),
            now=now(),
        )
        return with_etag(AbsenceSerializer(absence).data, revision=absence.revision)
