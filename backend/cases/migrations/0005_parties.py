"""On whose behalf somebody applies, and who signs with her."""

from __future__ import annotations

import django.db.models.deletion
import uuid_utils.compat
from django.db import migrations, models

from backend.tenancy import protect

# Nothing of a case is deleted by the application.
KEPT = migrations.RunSQL("revoke delete on co_signature from laufzettel_app", migrations.RunSQL.noop)
SIGNATURE = [("invited", "Invited"), ("signed", "Signed"), ("declined", "Declined"), ("expired", "Expired")]
CASE = [
    ("waiting_for_signatures", "Unsigned"),
    ("received", "Received"),
    ("in_progress", "In Progress"),
    ("closed", "Closed"),
]


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_deputies")]

    operations = [
        migrations.AddField("application", "sealed_representation", models.BinaryField(null=True)),
        # A longer varchar is a change of the catalogue alone: no row is touched.
        migrations.AlterField(
            "case", "status", models.CharField(choices=CASE, default="received", max_length=32)
        ),
        migrations.CreateModel(
            name="CoSignature",
            fields=[
                ("authority_id", models.UUIDField()),
                ("id", models.UUIDField(default=uuid_utils.compat.uuid7, primary_key=True, serialize=False)),
                (
                    "case",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="cases.case"),
                ),
                ("sealed_person", models.BinaryField()),
                ("token", models.BinaryField()),
                ("status", models.CharField(choices=SIGNATURE, default="invited", max_length=8)),
                ("due_at", models.DateTimeField()),
                ("reminded_at", models.DateTimeField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("applicant", models.BinaryField(null=True)),
                ("trust_level", models.CharField(default="", max_length=16)),
            ],
            options={
                "db_table": "co_signature",
                "constraints": [
                    models.UniqueConstraint(fields=("case", "applicant"), name="co_signature_once_per_person")
                ],
            },
        ),
        protect("co_signature"),
        KEPT,
    ]
