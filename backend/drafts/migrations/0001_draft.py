"""Makes the table of drafts."""

from __future__ import annotations

import uuid_utils.compat
from django.db import migrations, models

from backend.tenancy import protect


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("authority_id", models.UUIDField()),
                ("id", models.UUIDField(default=uuid_utils.compat.uuid7, primary_key=True, serialize=False)),
                ("applicant", models.BinaryField()),
                ("service", models.SlugField(max_length=64)),
                ("service_version_id", models.UUIDField()),
                ("idempotency_key", models.BinaryField()),
                ("request_hash", models.BinaryField()),
                ("sealed_answers", models.BinaryField()),
                ("sealed_prefilled", models.BinaryField()),
                ("sealed_lost", models.BinaryField()),
                ("revision", models.PositiveIntegerField(default=1)),
                ("language", models.CharField(max_length=8)),
                ("created_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("reminded_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "draft",
                "indexes": [
                    models.Index(
                        fields=["authority_id", "applicant", "-created_at"], name="draft_of_applicant"
                    ),
                    models.Index(fields=["authority_id", "expires_at"], name="draft_by_expiry"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("authority_id", "applicant", "idempotency_key"), name="draft_once_per_key"
                    )
                ],
            },
        ),
        protect("draft"),
    ]
