from __future__ import annotations

import uuid_utils.compat
from django.db import migrations, models

from backend.tenancy import protect


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="SamlUse",
            fields=[
                ("authority_id", models.UUIDField()),
                ("id", models.UUIDField(default=uuid_utils.compat.uuid7, primary_key=True, serialize=False)),
                ("fingerprint", models.BinaryField()),
                ("expires_at", models.DateTimeField()),
            ],
            options={
                "db_table": "saml_use",
                "indexes": [models.Index(fields=["authority_id", "expires_at"], name="saml_use_expiry")],
                "constraints": [
                    models.UniqueConstraint(fields=("authority_id", "fingerprint"), name="saml_use_once")
                ],
            },
        ),
        protect("saml_use"),
    ]
