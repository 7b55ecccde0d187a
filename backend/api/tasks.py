"""/tasks and /cases: a clerk's inbox, claiming, releasing and completing tasks, and the case behind them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.api.applications import PAGE, REFERENCE
from backend.api.context import authority_id_of, now
from backend.api.draft_schema import OriginSerializer
from backend.api.fields import AnyJSON
from backend.api.pagination import choice_of, limit_of, page, place_of, refuse_unknown
from backend.api.party_schema import CoSignerInfoSerializer, RepresentationSerializer
from backend.api.problem_schema import problems_of
from backend.cases.operations import tasks as operations
from backend.cases.queries import clerk as queries


class TaskSerializer(serializers.Serializer):
    """One piece of work."""

    id = serializers.UUIDField()
    case = serializers.UUIDField(source="case_id")
    reference = serializers.CharField(source="case.reference")
    service = serializers.CharField(source="case.service")
    name = serializers.CharField()
    element = serializers.CharField()
    unit = serializers.CharField()
    role = serializers.CharField()
    status = serializers.ChoiceField(["open", "claimed", "done", "cancelled"])
    assignee = serializers.UUIDField(source="assignee_id", allow_null=True)
    assigned_for = serializers.UUIDField(
        source="assigned_for_id", allow_null=True, help_text="The absent clerk in whose place it is done."
    )
    due_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    revision = serializers.IntegerField()


class TaskPageSerializer(serializers.Serializer):
    results = TaskSerializer(many=True)
    next = serializers.CharField(allow_null=True)


class TaskWithFormSerializer(TaskSerializer):
    form = serializers.JSONField(help_text="JSON Schema of what is to be entered.")


class CompletionSerializer(serializers.Serializer):
    result = AnyJSON(help_text="As the task's form says.")


class CaseEventSerializer(serializers.Serializer):
    seq = serializers.IntegerField()
    kind = serializers.CharField()
    actor = serializers.CharField()
    at = serializers.DateTimeField()
    payload = AnyJSON()


class CaseNoticeSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    letter = serializers.CharField()
    issued_at = serializers.DateTimeField()
    sha256 = serializers.CharField()


class CaseSerializer(serializers.Serializer):
    """Everything a clerk needs to decide."""

    id = serializers.UUIDField(source="case.id")
    reference = serializers.CharField(source="case.reference")
    service = serializers.CharField(source="case.service")
    title = serializers.DictField(child=serializers.CharField())
    status = serializers.CharField(source="case.status")
    outcome = serializers.CharField(source="case.outcome", allow_blank=True)
    opened_at = serializers.DateTimeField(source="case.opened_at")
    trust_level = serializers.CharField()
    applicant_kind = serializers.ChoiceField(
        ["account", "guest"], help_text="guest: nothing is known of her but a confirmed e-mail address."
    )
    guest_address = serializers.CharField(
        allow_null=True, help_text="The address a guest has confirmed; null for an account."
    )
    answers = AnyJSON()
    provenance = serializers.DictField(
        child=OriginSerializer(), help_text="By JSON pointer: what the sign-in or a link had filled in."
    )
    representation = RepresentationSerializer()
    co_signers = CoSignerInfoSerializer(many=True)
    tasks = TaskSerializer(many=True)
    events = CaseEventSerializer(many=True)
    notices = CaseNoticeSerializer(many=True)


FILTERS = [
    OpenApiParameter("unit", str, description="Only this unit."),
    OpenApiParameter("status", str, enum=["open", "claimed"]),
    OpenApiParameter("mine", bool, description="Only tasks I have claimed."),
    REFERENCE,
    *PAGE,
]


def _answer(task: Any) -> Response:
    return Response(TaskSerializer(task).data)


class Inbox(APIView):
    """Open tasks of my units and of those for whom I stand in, oldest first."""

    @extend_schema(
        responses={200: TaskPageSerializer, **problems_of(400, 401, 403)},
        operation_id="listTasks",
        tags=["tasks"],
        parameters=FILTERS,
    )
    def get(self, request: Any) -> Response:
        refuse_unknown(request, known=[parameter.name for parameter in FILTERS])
        limit = limit_of(request)
        wanted = queries.InboxFilter(
            unit=choice_of(request, name="unit", allowed=sorted(request.user.reachable_units)),
            status=choice_of(request, name="status", allowed=("open", "claimed")),
            mine=choice_of(request, name="mine", allowed=("true", "false")) == "true",
            reference=request.query_params.get("reference"),
            after=place_of(request),
            limit=limit,
        )
        tasks = queries.inbox(authority_id=authority_id_of(request), clerk=request.user, wanted=wanted)
        results = [TaskSerializer(task).data for task in tasks]
        return Response(
            page(rows=results, places=[(task.created_at, task.id) for task in tasks], limit=limit)
        )


class TaskDetail(APIView):
    """One task with its form."""

    @extend_schema(
        responses={200: TaskWithFormSerializer, **problems_of(401, 403, 404)},
        operation_id="getTask",
        tags=["tasks"],
    )
    def get(self, request: Any, task_id: UUID) -> Response:
        task, form = queries.task_with_form(
            authority_id=authority_id_of(request), clerk=request.user, task_id=task_id
        )
        return Response({**TaskSerializer(task).data, "form": form})


class TaskClaim(APIView):
    """Take a task; also one held by somebody absent whose deputy I am, or who may not do it any more."""

    @extend_schema(
        request=None,
        responses={200: TaskSerializer, **problems_of(401, 403, 404, 409)},
        operation_id="claimTask",
        tags=["tasks"],
    )
    def post(self, request: Any, task_id: UUID) -> Response:
        return _answer(
            operations.claim(
                authority_id=authority_id_of(request), clerk=request.user, task_id=task_id, now=now()
            )
        )


class TaskRelease(APIView):
    """Give a task back to its unit."""

    @extend_schema(
        request=None,
        responses={200: TaskSerializer, **problems_of(401, 403, 404, 409)},
        operation_id="releaseTask",
        tags=["tasks"],
    )
    def post(self, request: Any, task_id: UUID) -> Response:
        return _answer(
            operations.release(
                authority_id=authority_id_of(request), clerk=request.user, task_id=task_id, now=now()
            )
        )


class TaskComplete(APIView):
    """Finish a task; the case goes on by itself."""

    @extend_schema(
        request=CompletionSerializer,
        responses={200: TaskSerializer, **problems_of(400, 401, 403, 404, 409, 413, 415, 422)},
        operation_id="completeTask",
        tags=["tasks"],
    )
    def post(self, request: Any, task_id: UUID) -> Response:
        form = CompletionSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        task = operations.complete(
            authority_id=authority_id_of(request),
            clerk=request.user,
            task_id=task_id,
            result=form.validated_data["result"],
            now=now(),
        )
        return _answer(task)


class CaseDetail(APIView):
    """One case with answers, tasks, record and notices."""

    @extend_schema(
        responses={200: CaseSerializer, **problems_of(401, 403, 404)}, operation_id="getCase", tags=["cases"]
    )
    def get(self, request: Any, case_id: UUID) -> Response:
        file = queries.case_file(authority_id=authority_id_of(request), clerk=request.user, case_id=case_id)
        return Response(CaseSerializer(file).data)
