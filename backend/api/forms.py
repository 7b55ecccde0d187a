"""/services/{slug}/…: the form, its long lists of choices, and the questions before it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.cache import get_conditional_response
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.api.context import authority_id_of, now
from backend.api.form_schema import (
    ChoiceSerializer,
    ChoicesSerializer,
    EligibilityAnswersSerializer,
    EligibilitySerializer,
    FormSerializer,
    QuestionsSerializer,
)
from backend.api.pagination import refuse_unknown, wrong_parameter
from backend.api.problem_schema import problems_of
from backend.api.services import SLUG
from backend.cases.queries import offers
from forms.codelists import MOST_PAGE, CodeList

FIRST_PAGE = 20
LONGEST_QUERY = 200
REVALIDATE = "no-cache"
FOREVER = "public, max-age=31536000, immutable"
_POSITION = re.compile(r"[0-9]{1,6}", re.ASCII)
VERSION = OpenApiParameter(
    "version", OpenApiTypes.UUID, description="A version; without it, the current one."
)
NAME = OpenApiParameter("name", str, OpenApiParameter.PATH, description="As `x-codelist` says in the schema.")


class ServiceForm(APIView):
    """The form of one service."""

    authentication_classes: list[Any] = []

    @extend_schema(
        responses={
            200: FormSerializer,
            304: OpenApiResponse(description="The `ETag` in `If-None-Match` is still right."),
            **problems_of(400, 404, 410),
        },
        operation_id="getServiceForm",
        tags=["services"],
        parameters=[SLUG, VERSION],
    )
    def get(self, request: Any, slug: str) -> Response:
        refuse_unknown(request, known=["version"])
        wanted = _version_of(request)
        form = offers.form(authority_id=authority_id_of(request), slug=slug, version_id=wanted)
        body = {
            "service": slug,
            "version": form.version,
            "languages": form.languages,
            "schema": form.schema,
            "ui": form.ui,
            "code_lists": _described(form.code_lists),
        }
        return _cached(request, body, wanted=wanted, version=form.version)


class ServiceCodeList(APIView):
    """The choices of one long list, page by page."""

    authentication_classes: list[Any] = []

    @extend_schema(
        responses={
            200: ChoicesSerializer,
            304: OpenApiResponse(description="The `ETag` in `If-None-Match` is still right."),
            **problems_of(400, 404, 410),
        },
        operation_id="getServiceCodeList",
        tags=["services"],
        parameters=[
            SLUG,
            NAME,
            VERSION,
            OpenApiParameter(
                "query",
                str,
                description="Words, each of which must be in the name or code; ten of them count.",
            ),
            OpenApiParameter("start", int, description="Position of the first entry; normally 0."),
            OpenApiParameter("limit", int, description=f"1 to {MOST_PAGE}; normally {FIRST_PAGE}."),
        ],
    )
    def get(self, request: Any, slug: str, name: str) -> Response:
        refuse_unknown(request, known=["version", "query", "start", "limit"])
        wanted = _version_of(request)
        found = offers.choices(
            authority_id=authority_id_of(request),
            slug=slug,
            name=name,
            version_id=wanted,
            text=_query_of(request),
            start=_number_of(request, "start", default=0, least=0, most=999_999),
            length=_number_of(request, "limit", default=FIRST_PAGE, least=1, most=MOST_PAGE),
        )
        body = {
            **_description(name, found.of),
            "version": found.version,
            "results": [ChoiceSerializer(entry).data for entry in found.page.entries],
            "total": found.page.total,
            "next": found.page.next,
        }
        return _cached(request, body, wanted=wanted, version=found.version)


class ServiceEligibility(APIView):
    """Can I apply at all? Asked before the form; nothing is stored."""

    authentication_classes: list[Any] = []

    @extend_schema(
        responses={200: QuestionsSerializer, **problems_of(400, 404, 410)},
        operation_id="getEligibilityQuestions",
        tags=["services"],
        parameters=[SLUG],
    )
    def get(self, request: Any, slug: str) -> Response:
        refuse_unknown(request, known=[])
        asked = offers.eligibility_questions(authority_id=authority_id_of(request), slug=slug)
        if asked is None:
            return Response({"open_to_everybody": True})
        return Response(
            {
                "open_to_everybody": False,
                "version": asked.version,
                "languages": asked.languages,
                "schema": asked.schema,
                "code_lists": _described(asked.code_lists),
            }
        )

    @extend_schema(
        request=EligibilityAnswersSerializer,
        responses={200: EligibilitySerializer, **problems_of(400, 404, 410, 413, 415, 422)},
        operation_id="checkEligibility",
        tags=["services"],
        parameters=[SLUG],
    )
    def post(self, request: Any, slug: str) -> Response:
        given = EligibilityAnswersSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        found = offers.eligibility(
            authority_id=authority_id_of(request),
            slug=slug,
            answers=given.validated_data["answers"],
            now=now(),
        )
        return Response({"eligible": found.eligible, "reason": dict(found.reason)})


def _description(name: str, code_list: CodeList) -> dict[str, Any]:
    return {
        "name": name,
        "title": code_list.title,
        "uri": code_list.uri,
        "edition": code_list.version,
        "entries": len(code_list.entries),
    }


def _described(code_lists: Mapping[str, CodeList]) -> list[dict[str, Any]]:
    return [_description(name, each) for name, each in code_lists.items()]


def _cached(request: Any, body: Mapping[str, Any], *, wanted: UUID | None, version: UUID) -> Response:
    """A version never changes: who names one may keep the answer, others ask whether it is still current."""
    tag = f'"{version}"'
    caching = FOREVER if wanted is not None else REVALIDATE
    response = Response(body, headers={"ETag": tag, "Cache-Control": caching})
    same = get_conditional_response(request, etag=tag, response=response)
    return response if same is response else Response(status=same.status_code, headers=response.headers)


def _version_of(request: Any) -> UUID | None:
    text = request.query_params.get("version")
    try:
        return None if text is None else UUID(text)
    except ValueError as error:
        raise wrong_parameter(
            "version", "ist keine Kennung einer Fassung", "is no id of a version"
        ) from error


def _query_of(request: Any) -> str:
    text = str(request.query_params.get("query", ""))
    if len(text) > LONGEST_QUERY:
        raise wrong_parameter(
            "query",
            f"darf höchstens {LONGEST_QUERY} Zeichen haben",
            f"must have at most {LONGEST_QUERY} characters",
        )
    return text


def _number_of(request: Any, name: str, *, default: int, least: int, most: int) -> int:
    text = request.query_params.get(name, str(default))
    if _POSITION.fullmatch(text) is None or not least <= int(text) <= most:
        raise wrong_parameter(
            name, f"muss zwischen {least} und {most} liegen", f"must be between {least} and {most}"
        )
    return int(text)
