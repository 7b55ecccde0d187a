"""Makes the table of guests: citizens without an account."""

from __future__ import annotations

import uuid_utils.compat
from django.db import migrations, models

from backend.tenancy import protect


class Migration(migrations.Migration):
    dependencies = [("identity", "0001_sign_in")]

    operations = [
        migrations.CreateModel(
            name="Guest",
            fields=[
                ("authority_id", models.UUIDField()),
                ("id", models.UUIDField(default=uuid_utils.compat.uuid7, primary_key=True, serialize=False)),
                ("applicant", models.BinaryField()),
                ("mailbox", models.BinaryField()),
                ("sealed_email", models.BinaryField()),
                ("language", models.CharField(max_length=8)),
                ("confirmation", models.BinaryField()),
                ("confirmation_until", models.DateTimeField()),
                ("tries", models.PositiveIntegerField(default=0)),
                ("mailed_at", models.DateTimeField(null=True)),
                ("renews", models.UUIDField(null=True)),
                ("status_code", models.BinaryField(null=True)),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
            ],
            options={
                "db_table": "guest",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("authority_id", "applicant"), name="guest_one_per_applicant"
                    ),
                    models.UniqueConstraint(
                        fields=("authority_id", "status_code"), name="guest_one_per_status_code"
                    ),
                ],
                "indexes": [
                    models.Index(fields=["authority_id", "mailbox", "mailed_at"], name="guest_of_mailbox"),
                    models.Index(fields=["authority_id", "expires_at"], name="guest_by_expiry"),
                ],
            },
        ),
        protect("guest"),
    ]
