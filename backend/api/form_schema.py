"""What the answers about forms look like."""

from __future__ import annotations

from rest_framework import serializers

from backend.api.fields import AnyJSON


class CodeListSerializer(serializers.Serializer):
    """A list of choices that is too long to stand in the schema."""

    name = serializers.CharField(help_text="As `x-codelist` says in the schema.")
    title = serializers.CharField()
    uri = serializers.CharField(allow_blank=True, help_text="What the list is called in the XRepository.")
    edition = serializers.CharField(allow_blank=True, help_text="Which edition of the list it is.")
    entries = serializers.IntegerField(help_text="How many there are.")


class FormSerializer(serializers.Serializer):
    """A form for any renderer that knows JSON Forms."""

    service = serializers.CharField()
    version = serializers.UUIDField()
    languages = serializers.ListField(child=serializers.CharField(), help_text="The first one is leading.")
    schema = serializers.JSONField(help_text="JSON Schema 2020-12: what is valid.")
    ui = serializers.JSONField(help_text="JSON Forms UI schema: how it is asked.")
    code_lists = CodeListSerializer(many=True)


class ChoiceSerializer(serializers.Serializer):
    """One choice."""

    code = serializers.CharField(help_text="The answer.")
    name = serializers.CharField(help_text="What people read.")
    help = serializers.CharField(allow_blank=True)


class ChoicesSerializer(CodeListSerializer):
    """A part of a list of choices. `entries` counts the whole list, `total` what was found."""

    version = serializers.UUIDField()
    results = ChoiceSerializer(many=True)
    total = serializers.IntegerField()
    next = serializers.IntegerField(allow_null=True, help_text="`start` of the following page.")


class QuestionsSerializer(serializers.Serializer):
    """The questions before the form; only the first member if there are none."""

    open_to_everybody = serializers.BooleanField()
    version = serializers.UUIDField(required=False)
    languages = serializers.ListField(child=serializers.CharField(), required=False)
    schema = serializers.JSONField(required=False, help_text="JSON Schema 2020-12 with its texts.")
    code_lists = CodeListSerializer(many=True, required=False)


class EligibilityAnswersSerializer(serializers.Serializer):
    """Answers to the questions before the form."""

    answers = AnyJSON()


class EligibilitySerializer(serializers.Serializer):
    """Whether one can apply, and why (not): by language."""

    eligible = serializers.BooleanField()
    reason = serializers.DictField(child=serializers.CharField())
