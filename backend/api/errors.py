"""Turns what an operation raises into a problem+json answer: one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import structlog
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import Http404, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response

from backend.api import problems
from backend.api.problems import ApiProblem
from backend.api.step_up import sign_in_in_writing, sign_in_instead, step_up
from backend.authorities import errors as staff
from backend.cases.access import NotFound
from backend.cases.errors import SamePerson, SigningOver
from backend.cases.operations.guests import CodeRefused
from backend.cases.operations.submission import InvalidAnswers, KeyReused, LevelTooLow
from backend.cases.operations.tasks import AlreadyClaimed, AlreadyDone, NotClaimed, NotYours
from backend.cases.operations.uploads import AlreadySubmitted, NoDraft, NoFileQuestion, NoName
from backend.cases.parties import PartiesRefused
from backend.cases.queries.offers import UnknownCodeList
from backend.cases.queries.submitted import DraftSubmitted
from backend.drafts import errors as drafts
from backend.drafts.links import TEXTS as LINK_TEXTS
from backend.drafts.links import LinkRefused
from backend.files import errors as files
from backend.services.admission import GuestsNotAdmitted, WrittenFormNeeded
from backend.services.eligibility import EligibilityAnswersRefused
from backend.services.errors import UnknownService, WithdrawnVersion
from backend.services.publishing import PackageRefused
from forms.problems import Problem, Problems

log = structlog.get_logger()

CONTENT_TYPE = "application/problem+json"


class Refused(Exception):
    """A view refuses a request for a reason of HTTP; operations raise words of their own."""

    def __init__(self, problem: ApiProblem) -> None:
        self.problem = problem
        super().__init__(problem.kind.code)


class UnreadableBody(Problems):
    """The body is not the JSON it should be."""


def _not_yours(error: NotYours) -> ApiProblem:
    refusal = error.refusal
    return ApiProblem(problems.FOUR_EYES, errors=(Problem(where="", code=refusal.code, text=refusal.text),))


def _link_refused(error: LinkRefused) -> ApiProblem:
    reason = Problem(where="/prefill", code=error.code, text=LINK_TEXTS[error.code])
    return ApiProblem(problems.LINK_REFUSED, errors=(reason,))


TABLE: Mapping[type[Exception], Callable[[Any], ApiProblem]] = {
    Refused: lambda error: error.problem,
    UnreadableBody: lambda error: ApiProblem(problems.BROKEN_JSON, errors=error.problems),
    InvalidAnswers: lambda error: ApiProblem(problems.INVALID_ANSWERS, errors=error.problems),
    KeyReused: lambda _: ApiProblem(problems.KEY_REUSED),
    PartiesRefused: lambda error: ApiProblem(problems.PARTIES_REFUSED, errors=error.problems),
    SigningOver: lambda _: ApiProblem(problems.SIGNING_OVER),
    SamePerson: lambda _: ApiProblem(problems.SAME_PERSON),
    LevelTooLow: lambda error: step_up(level=error.needed, issuer=error.source),
    WrittenFormNeeded: lambda error: sign_in_in_writing(answer=error.answer, issuer=error.source),
    GuestsNotAdmitted: lambda error: sign_in_instead(level=error.needed),
    CodeRefused: lambda _: ApiProblem(problems.CODE_REFUSED),
    UnknownService: lambda _: ApiProblem(problems.UNKNOWN_SERVICE),
    WithdrawnVersion: lambda _: ApiProblem(problems.WITHDRAWN),
    UnknownCodeList: lambda _: ApiProblem(problems.NOT_FOUND),
    EligibilityAnswersRefused: lambda error: ApiProblem(problems.INVALID_ANSWERS, errors=error.problems),
    NotFound: lambda _: ApiProblem(problems.NOT_FOUND),
    NotYours: _not_yours,
    AlreadyClaimed: lambda _: ApiProblem(problems.ALREADY_CLAIMED),
    AlreadyDone: lambda _: ApiProblem(problems.ALREADY_DONE),
    NotClaimed: lambda _: ApiProblem(problems.NOT_CLAIMED),
    PackageRefused: lambda error: ApiProblem(problems.PACKAGE_REFUSED, errors=error.problems),
    drafts.ChangedMeanwhile: lambda error: ApiProblem(
        problems.CHANGED_MEANWHILE, extra={"revision": error.revision}
    ),
    drafts.TooManyDrafts: lambda error: ApiProblem(problems.TOO_MANY_DRAFTS, extra={"limit": error.limit}),
    drafts.KeyReused: lambda _: ApiProblem(problems.KEY_REUSED),
    drafts.OutdatedDraft: lambda _: ApiProblem(problems.OUTDATED_DRAFT),
    drafts.UnfitAnswers: lambda error: ApiProblem(problems.INVALID_ANSWERS, errors=error.problems),
    LinkRefused: _link_refused,
    staff.NoSuchClerk: lambda _: ApiProblem(problems.NOT_FOUND),
    staff.UnitRefused: lambda error: ApiProblem(problems.BAD_REQUEST, errors=error.problems),
    staff.ClerkRefused: lambda error: ApiProblem(problems.CLERK_REFUSED, errors=error.problems),
    staff.AbsenceRefused: lambda error: ApiProblem(problems.ABSENCE_REFUSED, errors=error.problems),
    staff.AccountTaken: lambda _: ApiProblem(problems.ACCOUNT_TAKEN),
    staff.KeyReused: lambda _: ApiProblem(problems.KEY_REUSED),
    staff.ChangedMeanwhile: lambda error: ApiProblem(
        problems.CHANGED_MEANWHILE, extra={"revision": error.revision}
    ),
    NoDraft: lambda _: ApiProblem(problems.NOT_FOUND),
    DraftSubmitted: lambda error: ApiProblem(
        problems.DRAFT_SUBMITTED, extra={"application": f"/api/v1/applications/{error.case_id}"}
    ),
    AlreadySubmitted: lambda _: ApiProblem(problems.ATTACHMENT_SUBMITTED),
    NoFileQuestion: lambda _: ApiProblem(problems.NO_FILE_QUESTION),
    NoName: lambda _: ApiProblem(problems.NO_FILE_NAME),
    files.UnknownUpload: lambda _: ApiProblem(problems.NOT_FOUND),
    files.OffsetConflict: lambda error: ApiProblem(
        problems.UPLOAD_OFFSET, headers={"Upload-Offset": str(error.offset)}, extra={"offset": error.offset}
    ),
    files.UploadTooLarge: lambda error: ApiProblem(problems.FILE_TOO_LARGE, extra={"limit": error.limit}),
    files.TooManyUploads: lambda _: ApiProblem(problems.TOO_MANY_FILES),
    files.NotAvailable: lambda error: ApiProblem(problems.NOT_AVAILABLE, extra={"attachment": error.status}),
    files.StoreAway: lambda _: ApiProblem(problems.UNAVAILABLE, headers={"Retry-After": "30"}),
    Http404: lambda _: ApiProblem(problems.NOT_FOUND),
    RequestDataTooBig: lambda _: ApiProblem(problems.TOO_LARGE),
    OperationalError: lambda _: ApiProblem(problems.UNAVAILABLE, headers={"Retry-After": "30"}),
    InterfaceError: lambda _: ApiProblem(problems.UNAVAILABLE, headers={"Retry-After": "30"}),
    exceptions.NotAuthenticated: lambda _: ApiProblem(
        problems.NOT_SIGNED_IN, headers={"WWW-Authenticate": "Bearer"}
    ),
    exceptions.Throttled: lambda error: ApiProblem(
        problems.TOO_MANY_REQUESTS, headers={"Retry-After": str(error.wait or 1)}
    ),
    exceptions.PermissionDenied: lambda _: ApiProblem(problems.FORBIDDEN),
    exceptions.MethodNotAllowed: lambda _: ApiProblem(problems.METHOD),
    exceptions.NotAcceptable: lambda _: ApiProblem(problems.NOT_ACCEPTABLE),
    exceptions.UnsupportedMediaType: lambda _: ApiProblem(problems.MEDIA_TYPE),
    exceptions.ValidationError: lambda error: ApiProblem(
        problems.BAD_REQUEST, errors=_field_errors(error.detail)
    ),
}


def as_problem(error: Exception, context: dict[str, Any]) -> Response:
    """DRF's exception handler."""
    problem = problem_of(error)
    response = Response(problem.body(), status=problem.kind.status, headers=dict(problem.headers))
    allowed = getattr(context.get("view"), "allowed_methods", None)
    if problem.kind is problems.METHOD and allowed:
        response["Allow"] = ", ".join(allowed)
    response.content_type = CONTENT_TYPE
    return response


def problem_of(error: Exception) -> ApiProblem:
    """The problem that an exception means; an unknown one is our fault and is logged without its text."""
    for kind in type(error).__mro__:
        make = TABLE.get(kind)
        if make is not None:
            return make(error)
    log.error("unexpected_error", error=type(error).__name__, exc_info=error)
    return ApiProblem(problems.SERVER_ERROR)


def plain_response(problem: ApiProblem) -> JsonResponse:
    """The same answer outside of DRF (unknown URL, middleware)."""
    return JsonResponse(
        problem.body(), status=problem.kind.status, headers=dict(problem.headers), content_type=CONTENT_TYPE
    )


FIELD_TEXTS: Mapping[str, Mapping[str, str]] = {
    "required": {"de": "Diese Angabe fehlt.", "en": "This member is missing."},
    "null": {"de": "Diese Angabe darf nicht leer (null) sein.", "en": "This member must not be null."},
    "invalid": {
        "de": "Diese Angabe hat nicht die verlangte Form.",
        "en": "This member does not have the required form.",
    },
    "invalid_choice": {
        "de": "Dieser Wert ist hier nicht vorgesehen.",
        "en": "This value is not one of those allowed here.",
    },
}


def _field_errors(detail: Any, where: str = "") -> tuple[Problem, ...]:
    if isinstance(detail, Mapping):
        return tuple(p for name, part in detail.items() for p in _field_errors(part, f"{where}/{name}"))
    if isinstance(detail, list):
        return tuple(p for part in detail for p in _field_errors(part, where))
    code = getattr(detail, "code", "invalid")
    text = FIELD_TEXTS.get(code, FIELD_TEXTS["invalid"])
    return (Problem(where=where, code=code.replace("_", "-"), text=text),)
