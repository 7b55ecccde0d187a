"""/clerks and /units: who works here, for configurators and for machines that provision."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.api.applications import KEY, PAGE
from backend.api.context import authority_id_of, idempotency_key, now
from backend.api.pagination import limit_of, page, place_of, refuse_unknown
from backend.api.preconditions import etag, revision_of
from backend.api.problem_schema import problems_of
from backend.authorities import directory, staff
from backend.authorities.queries import ClerkAccount
from backend.cases.operations.staff import deactivate
from backend.identity.queries import clerk_issuers

IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, required=True, description="The `ETag` of what you have seen."
)


class UnitSerializer(serializers.Serializer):
    """An organisational unit; processes send tasks to its key."""

    key = serializers.SlugField(max_length=64, read_only=True)
    name = serializers.CharField(max_length=200)
    also = serializers.ListField(
        child=serializers.SlugField(max_length=64),
        max_length=50,
        required=False,
        help_text="Further keys under which packages send it tasks; left out: as they are.",
    )


class MembershipSerializer(serializers.Serializer):
    unit = serializers.CharField(source="unit.key")
    role = serializers.ChoiceField(staff.ROLES)


class StaffSerializer(serializers.Serializer):
    """A clerk's account."""

    id = serializers.UUIDField()
    issuer = serializers.CharField()
    subject = serializers.CharField()
    person = serializers.CharField()
    name = serializers.CharField()
    active = serializers.BooleanField()
    memberships = MembershipSerializer(many=True, source="memberships.all")
    created_at = serializers.DateTimeField()
    revision = serializers.IntegerField()


class StaffPageSerializer(serializers.Serializer):
    results = StaffSerializer(many=True)
    next = serializers.CharField(allow_null=True)


class WantedMembershipSerializer(serializers.Serializer):
    unit = serializers.CharField(max_length=64)
    role = serializers.CharField(max_length=32)


class StaffChangeSerializer(serializers.Serializer):
    """What is left out stays as it is; `memberships` are replaced as a whole.

    Somebody else changes one's own `person` and `memberships`.
    """

    person = serializers.CharField(
        max_length=100, required=False, help_text="The human behind the account: four eyes count persons."
    )
    name = serializers.CharField(max_length=200, required=False)
    memberships = WantedMembershipSerializer(many=True, required=False)


class NewStaffSerializer(StaffChangeSerializer):
    """Whoever signs in with `subject` at `issuer`. Without `person` the subject is the person."""

    issuer = serializers.CharField(max_length=300)
    subject = serializers.CharField(max_length=255)
    name = serializers.CharField(max_length=200)


class DeactivatedSerializer(serializers.Serializer):
    clerk = StaffSerializer()
    released_tasks = serializers.ListField(child=serializers.UUIDField(), source="released")


def with_etag(data: Any, *, revision: int, status: int = 200) -> Response:
    return Response(data, status=status, headers={"ETag": etag(revision)})


def _pairs(memberships: list[dict[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((one["unit"], one["role"]) for one in memberships)


class Units(APIView):
    """The units of this authority, by key."""

    @extend_schema(
        responses={200: UnitSerializer(many=True), **problems_of(401, 403)},
        operation_id="listUnits",
        tags=["staff"],
    )
    def get(self, request: Any) -> Response:
        found = directory.units(authority_id=authority_id_of(request))
        return Response([UnitSerializer(unit).data for unit in found])


class UnitDetail(APIView):
    """Create a unit, or rename it."""

    @extend_schema(
        request=UnitSerializer,
        responses={200: UnitSerializer, 201: UnitSerializer, **problems_of(400, 401, 403, 415)},
        operation_id="nameUnit",
        tags=["staff"],
    )
    def put(self, request: Any, key: str) -> Response:
        form = UnitSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        also = form.validated_data.get("also")
        unit, new = staff.name_unit(
            authority_id=authority_id_of(request),
            key=key,
            name=form.validated_data["name"],
            actor=request.user.actor,
            also=None if also is None else tuple(also),
        )
        return Response(UnitSerializer(unit).data, status=201 if new else 200)


class Clerks(APIView):
    """Accounts of this authority, oldest first; deactivated ones too."""

    @extend_schema(
        responses={200: StaffPageSerializer, **problems_of(400, 401, 403)},
        operation_id="listClerks",
        tags=["staff"],
        parameters=PAGE,
    )
    def get(self, request: Any) -> Response:
        refuse_unknown(request, known=[parameter.name for parameter in PAGE])
        limit = limit_of(request)
        found = directory.clerks(authority_id=authority_id_of(request), after=place_of(request), limit=limit)
        rows = [StaffSerializer(clerk).data for clerk in found]
        return Response(
            page(rows=rows, places=[(clerk.created_at, clerk.id) for clerk in found], limit=limit)
        )

    @extend_schema(
        request=NewStaffSerializer,
        responses={
            201: StaffSerializer,
            200: StaffSerializer,
            **problems_of(400, 401, 403, 409, 415, 422),
        },
        operation_id="createClerk",
        tags=["staff"],
        parameters=[KEY],
    )
    def post(self, request: Any) -> Response:
        form = NewStaffSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        given = form.validated_data
        authority_id = authority_id_of(request)
        hired = staff.hire(
            authority_id=authority_id,
            new=staff.NewClerk(
                issuer=given["issuer"],
                subject=given["subject"],
                person=given.get("person") or given["subject"][:100],
                name=given["name"],
                memberships=_pairs(given.get("memberships", [])),
            ),
            issuers=clerk_issuers(authority_id=authority_id),
            idempotency_key=idempotency_key(request),
            actor=request.user.actor,
        )
        return with_etag(
            StaffSerializer(hired.clerk).data,
            revision=hired.clerk.revision,
            status=200 if hired.repeated else 201,
        )


class ClerkDetail(APIView):
    """One account."""

    @extend_schema(
        responses={200: StaffSerializer, **problems_of(401, 403, 404)},
        operation_id="getClerk",
        tags=["staff"],
    )
    def get(self, request: Any, clerk_id: UUID) -> Response:
        clerk = directory.clerk(authority_id=authority_id_of(request), clerk_id=clerk_id)
        return with_etag(StaffSerializer(clerk).data, revision=clerk.revision)

    @extend_schema(
        request=StaffChangeSerializer,
        responses={200: StaffSerializer, **problems_of(400, 401, 403, 404, 412, 415, 422, 428)},
        operation_id="changeClerk",
        tags=["staff"],
        parameters=[IF_MATCH],
    )
    def patch(self, request: Any, clerk_id: UUID) -> Response:
        form = StaffChangeSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        given = dict(form.validated_data)
        if "memberships" in given:
            given["memberships"] = _pairs(given["memberships"])
        clerk = staff.change_clerk(
            authority_id=authority_id_of(request),
            clerk_id=clerk_id,
            revision=revision_of(request),
            actor=request.user.actor,
            by=request.user if isinstance(request.user, ClerkAccount) else None,
            **given,
        )
        return with_etag(StaffSerializer(clerk).data, revision=clerk.revision)


class ClerkDeactivation(APIView):
    """Shut somebody out, from her next request on; her tasks go back to their units."""

    @extend_schema(
        request=None,
        responses={200: DeactivatedSerializer, **problems_of(400, 401, 403, 404, 412, 428)},
        operation_id="deactivateClerk",
        tags=["staff"],
        parameters=[IF_MATCH],
    )
    def post(self, request: Any, clerk_id: UUID) -> Response:
        done = deactivate(
            authority_id=authority_id_of(request),
            clerk_id=clerk_id,
            revision=revision_of(request),
            actor=request.user.actor,
            now=now(),
        )
        return with_etag(DeactivatedSerializer(done).data, revision=done.clerk.revision)


class ClerkReactivation(APIView):
    """Let somebody in again."""

    @extend_schema(
        request=None,
        responses={200: StaffSerializer, **problems_of(400, 401, 403, 404, 412, 428)},
        operation_id="reactivateClerk",
        tags=["staff"],
        parameters=[IF_MATCH],
    )
    def post(self, request: Any, clerk_id: UUID) -> Response:
        clerk = staff.reactivate(
            authority_id=authority_id_of(request),
            clerk_id=clerk_id,
            revision=revision_of(request),
            actor=request.user.actor,
        )
        return with_etag(StaffSerializer(clerk).data, revision=clerk.revision)
