"""Who takes part in an application: as it is sent, and as it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from backend.api.context import language_of_request
from backend.api.fields import AnyJSON
from backend.api.guests import GuestSerializer
from backend.cases.parties import CoSigner, Parties
from backend.services.parties import MOST_SIGNERS

LONGEST_NAME = 200


class CoSignerSerializer(GuestSerializer):
    """Somebody who is to sign too; `language`: of the mails to her."""

    name = serializers.CharField(max_length=LONGEST_NAME)


class PartiesSerializer(serializers.Serializer):
    """Who else takes part. All of it is optional."""

    acting_for = AnyJSON(
        required=False, help_text="On whose behalf: an object with `kind` (child, company, mandate)."
    )
    co_signers = serializers.ListField(
        child=CoSignerSerializer(), required=False, max_length=MOST_SIGNERS, help_text="Who signs too."
    )


class RepresentationSerializer(serializers.Serializer):
    """On whose behalf. `basis`: own, declared, documented (a file) or verified (by the sign-in)."""

    kind = serializers.ChoiceField(["self", "child", "company", "mandate"])
    name = serializers.CharField(allow_blank=True)
    basis = serializers.ChoiceField(["own", "declared", "documented", "verified"])
    birth_date = serializers.CharField(allow_null=True)
    given_name = serializers.CharField(required=False)
    family_name = serializers.CharField(required=False)
    custody = serializers.CharField(required=False)
    register_number = serializers.CharField(required=False, allow_null=True)
    document = serializers.CharField(required=False, allow_null=True)


class CoSignerInfoSerializer(serializers.Serializer):
    """Somebody who was asked to sign. `trust_level`: of the sign-in with which she answered."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    email = serializers.CharField()
    status = serializers.ChoiceField(["invited", "signed", "declined", "expired"])
    trust_level = serializers.CharField(allow_blank=True)
    due_at = serializers.DateTimeField()
    reminded_at = serializers.DateTimeField(allow_null=True)
    answered_at = serializers.DateTimeField(allow_null=True)


def parties_of(checked: Mapping[str, Any]) -> Parties:
    """From a request that `PartiesSerializer` has read."""
    return Parties(
        acting_for=checked.get("acting_for"),
        co_signers=tuple(
            CoSigner(
                name=each["name"],
                email=each["email"],
                language=each.get("language") or language_of_request(),
            )
            for each in checked.get("co_signers", ())
        ),
    )
