import django.db.models.deletion
import uuid_utils.compat
from django.db import migrations, models
from django.db.models.functions import Now

from backend.tenancy import append_only, protect


class Migration(migrations.Migration):
    dependencies = [("authorities", "0005_told_at")]

    operations = [
        migrations.CreateModel(
            name="StaffChange",
            fields=[
                ("authority_id", models.UUIDField()),
                ("id", models.UUIDField(default=uuid_utils.compat.uuid7, primary_key=True, serialize=False)),
                ("at", models.DateTimeField(db_default=Now())),
                ("actor", models.CharField(max_length=320)),
                ("kind", models.CharField(max_length=32)),
                ("unit", models.CharField(default="", max_length=64)),
                ("fields", models.JSONField(default=list)),
                ("before", models.JSONField(null=True)),
                ("after", models.JSONField()),
                (
                    "clerk",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="authorities.clerk",
                    ),
                ),
            ],
            options={
                "db_table": "staff_change",
                "indexes": [models.Index(fields=["authority_id", "at"], name="staff_change_at")],
            },
        ),
        protect("staff_change"),
        append_only("staff_change"),
    ]
