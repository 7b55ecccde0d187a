"""Makes the table of published service packages."""

from __future__ import annotations

import uuid_utils.compat
from django.db import migrations, models

from backend.tenancy import append_only, protect


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        migrations.CreateModel(
            name="ServiceVersion",
            fields=[
                ("authority_id", models.UUIDField()),
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("slug", models.CharField(max_length=80)),
                ("number", models.PositiveIntegerField()),
                ("content_hash", models.CharField(max_length=64)),
                ("files", models.JSONField()),
                ("published_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "service_version",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("authority_id", "slug", "number"), name="service_version_number"
                    )
                ],
            },
        ),
        protect("service_version"),
        append_only("service_version"),
        # A version may be withdrawn; nothing else about it can ever change.
        migrations.RunSQL(
            sql="grant update (withdrawn_at) on service_version to laufzettel_app",
            reverse_sql=migrations.RunSQL.noop,
        ),
    ]
