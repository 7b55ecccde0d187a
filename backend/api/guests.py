"""/guests: apply without an account, with a confirmed e-mail address and a status code."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.api.context import authority_id_of, language_of_request, now
from backend.api.problem_schema import problems_of
from backend.api.throttling import count_guest_request
from backend.cases.operations import guests

LONGEST_ADDRESS = 254  # RFC 5321 § 4.5.3.1.3, without the angle brackets


class GuestSerializer(serializers.Serializer):
    """Somebody who wants to apply without an account."""

    email = serializers.EmailField(max_length=LONGEST_ADDRESS)
    language = serializers.ChoiceField(["de", "en"], required=False)

    def validate_email(self, value: str) -> str:
        """The domain as mail servers know it (RFC 3490).

        Each mailbox has one spelling here, so that its mails can be counted: no quoted strings before the
        “@”, no IP addresses behind it (RFC 5321 § 4.1.2 and 4.1.3).
        """
        local, _, domain = value.rpartition("@")
        if '"' in local or domain.startswith("["):
            raise serializers.ValidationError
        try:
            return f"{local}@{domain.encode('idna').decode('ascii')}"
        except UnicodeError as error:
            raise serializers.ValidationError from error


class LostCodeSerializer(GuestSerializer):
    """A guest who has lost her status code."""

    reference = serializers.CharField(max_length=32, help_text="The reference number of one of her cases.")


class AskedSerializer(serializers.Serializer):
    """The same answer for every address."""

    id = serializers.UUIDField(help_text="Needed to confirm, together with the code from the mail.")
    code_until = serializers.DateTimeField(help_text="Until when that code is good.")


class ConfirmationSerializer(serializers.Serializer):
    """What was in the mail."""

    id = serializers.UUIDField()
    code = serializers.CharField(max_length=64)


class StatusCodeSerializer(serializers.Serializer):
    """The secret that stands for this guest: `Authorization: Bearer guest.<status code>`."""

    status_code = serializers.CharField()


def _asked(request: Any, form: GuestSerializer) -> Response:
    form.is_valid(raise_exception=True)
    # Counted before anything is known of the address: the answer must not depend on it.
    count_guest_request(request)
    asked = guests.ask_for_code(
        authority_id=authority_id_of(request),
        email=form.validated_data["email"],
        reference=form.validated_data.get("reference"),
        language=form.validated_data.get("language") or language_of_request(),
        now=now(),
    )
    return Response(AskedSerializer(asked).data, status=202)


class Guests(APIView):
    """Ask for a confirmation code by e-mail. The answer is the same for every address."""

    authentication_classes: list[Any] = []

    @extend_schema(
        request=GuestSerializer,
        responses={202: AskedSerializer, **problems_of(400, 413, 415, 429, 503)},
        operation_id="becomeGuest",
        tags=["guests"],
    )
    def post(self, request: Any) -> Response:
        return _asked(request, GuestSerializer(data=request.data))


class LostCodes(APIView):
    """Ask for a new status code. A mail goes only to the confirmed address; the answer is always the same."""

    authentication_classes: list[Any] = []

    @extend_schema(
        request=LostCodeSerializer,
        responses={202: AskedSerializer, **problems_of(400, 413, 415, 429, 503)},
        operation_id="replaceStatusCode",
        tags=["guests"],
    )
    def post(self, request: Any) -> Response:
        return _asked(request, LostCodeSerializer(data=request.data))


class Confirmations(APIView):
    """Exchange the code from the mail for a status code. The same code again gets the same answer again."""

    authentication_classes: list[Any] = []

    @extend_schema(
        request=ConfirmationSerializer,
        responses={200: StatusCodeSerializer, **problems_of(400, 413, 415, 422, 429, 503)},
        operation_id="confirmGuest",
        tags=["guests"],
    )
    def post(self, request: Any) -> Response:
        form = ConfirmationSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        status_code = guests.confirm(
            authority_id=authority_id_of(request),
            guest_id=form.validated_data["id"],
            code=form.validated_data["code"],
            now=now(),
        )
        return Response({"status_code": status_code}, headers={"Cache-Control": "no-store"})
