"""Makes the tables of sign-ins at the portal and of what was ended before its time."""

from __future__ import annotations

import uuid_utils.compat
from django.db import migrations, models

from backend.tenancy import protect


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Revocation",
            fields=[
                ("value", models.BinaryField(primary_key=True, serialize=False)),
                ("before", models.DateTimeField()),
                ("keep_until", models.DateTimeField()),
            ],
            options={
                "db_table": "revocation",
                "indexes": [models.Index(fields=["keep_until"], name="revocation_keep_until")],
            },
        ),
        migrations.CreateModel(
            name="SignIn",
            fields=[
                ("authority_id", models.UUIDField()),
                ("id", models.UUIDField(default=uuid_utils.compat.uuid7, primary_key=True, serialize=False)),
                ("secret_hash", models.BinaryField(unique=True)),
                ("session_key", models.BinaryField(null=True)),
                ("account_key", models.BinaryField()),
                ("subject_key", models.BinaryField()),
                ("sealed_identity", models.BinaryField()),
                ("created_at", models.DateTimeField()),
                ("used_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
            ],
            options={
                "db_table": "sign_in",
                "indexes": [models.Index(fields=["authority_id", "ends_at"], name="sign_in_ends")],
            },
        ),
        protect("sign_in"),
    ]
