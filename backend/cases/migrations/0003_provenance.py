"""An application knows where its answers came from."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_tenancy")]

    operations = [
        migrations.AddField(
            model_name="application",
            name="sealed_provenance",
            field=models.BinaryField(null=True),
        ),
    ]
