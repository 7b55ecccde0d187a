"""What drafts look like in the API."""

from __future__ import annotations

from rest_framework import serializers

from backend.api.applications import TEXTS
from backend.api.fields import AnyJSON


class BeginningSerializer(serializers.Serializer):
    """How a draft begins. All of it is optional."""

    answers = AnyJSON(required=False, help_text="What was entered already.")
    prefill = serializers.CharField(required=False, max_length=10_000, help_text="Token of a prefill link.")
    version = serializers.UUIDField(required=False, help_text="Else the one in force.")
    language = serializers.ChoiceField(["de", "en"], required=False)


class DraftAnswersSerializer(serializers.Serializer):
    """What is saved; it may be incomplete or wrong."""

    answers = AnyJSON(help_text="All answers so far: they replace the earlier ones.")


class DraftSummarySerializer(serializers.Serializer):
    id = serializers.UUIDField()
    service = serializers.CharField()
    title = TEXTS
    revision = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    changed_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()


class DraftPageSerializer(serializers.Serializer):
    results = DraftSummarySerializer(many=True)
    next = serializers.CharField(allow_null=True)


class OriginSerializer(serializers.Serializer):
    """Where an answer came from. `verified` only while it is what a sign-in said."""

    source = serializers.ChoiceField(["identity", "link"])
    level = serializers.CharField(help_text="How sure the source is: none, low, substantial or high.")
    verified = serializers.BooleanField()
    changed = serializers.BooleanField()


class LostAnswerSerializer(serializers.Serializer):
    """An answer that has no place in the other version of the form."""

    pointer = serializers.CharField()
    title = TEXTS
    value = AnyJSON()
    # A field of its own: one object cannot be two members of a serializer.
    reason = serializers.DictField(child=serializers.CharField())


class OpenPointSerializer(serializers.Serializer):
    """Something that is missing or wrong still."""

    pointer = serializers.CharField(source="where", allow_blank=True)
    code = serializers.CharField()
    texts = serializers.DictField(source="text", child=serializers.CharField())


class AddedQuestionSerializer(serializers.Serializer):
    pointer = serializers.CharField()
    title = TEXTS
    required = serializers.BooleanField()


class ChangesSerializer(serializers.Serializer):
    """What moving to another version of the form does to the answers."""

    moved = serializers.ListField(child=serializers.DictField(child=serializers.CharField()))
    lost = LostAnswerSerializer(many=True)
    added = AddedQuestionSerializer(many=True)


class DraftSerializer(DraftSummarySerializer):
    version = serializers.UUIDField()
    language = serializers.CharField()
    answers = AnyJSON()
    problems = OpenPointSerializer(many=True)
    complete = serializers.BooleanField()
    origins = serializers.DictField(child=OriginSerializer())
    newer_version = serializers.BooleanField()
    withdrawn = serializers.BooleanField()
    changes = ChangesSerializer(allow_null=True)
    left_behind = LostAnswerSerializer(many=True)
