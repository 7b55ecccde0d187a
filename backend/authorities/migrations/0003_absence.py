import django.db.models.deletion
import uuid_utils.compat
from django.db import migrations, models
from django.db.models.functions import Now

from backend.tenancy import protect


class Migration(migrations.Migration):
    dependencies = [("authorities", "0002_tenancy")]

    operations = [
        migrations.AddField("clerk", "created_at", models.DateTimeField(db_default=Now())),
        migrations.AddField("clerk", "revision", models.PositiveIntegerField(db_default=1, default=1)),
        migrations.AddField("clerk", "idempotency_key", models.BinaryField(null=True)),
        migrations.AddField("clerk", "request_hash", models.BinaryField(null=True)),
        migrations.AddConstraint(
            model_name="clerk",
            constraint=models.UniqueConstraint(
                fields=("authority_id", "idempotency_key"), name="clerk_once_per_key"
            ),
        ),
        migrations.CreateModel(
            name="Absence",
            fields=[
                ("authority_id", models.UUIDField()),
                ("id", models.UUIDField(default=uuid_utils.compat.uuid7, primary_key=True, serialize=False)),
                ("first_day", models.DateField()),
                ("last_day", models.DateField()),
                ("declared_by", models.CharField(max_length=64)),
                ("declared_at", models.DateTimeField()),
                ("ended_by", models.CharField(default="", max_length=64)),
                ("ended_at", models.DateTimeField(null=True)),
                ("revision", models.PositiveIntegerField(default=1)),
                ("idempotency_key", models.BinaryField()),
                ("request_hash", models.BinaryField()),
                (
                    "clerk",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="absences",
                        to="authorities.clerk",
                    ),
                ),
                (
                    "deputy",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="authorities.clerk",
                    ),
                ),
                (
                    "deputy_unit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="authorities.unit",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="authorities.unit",
                    ),
                ),
            ],
            options={
                "db_table": "absence",
                "indexes": [
                    models.Index(
                        condition=models.Q(("ended_at", None)),
                        fields=["authority_id", "last_day"],
                        name="absence_still_open",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("first_day__lte", models.F("last_day"))),
                        name="absence_days_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("deputy__isnull", True), ("deputy_unit__isnull", True), _connector="XOR"
                        ),
                        name="absence_one_deputy",
                    ),
                    models.UniqueConstraint(
                        fields=("authority_id", "idempotency_key"), name="absence_once_per_key"
                    ),
                ],
            },
        ),
        protect("absence"),
        # An absence is ended, never deleted: it says who was allowed to act for whom.
        migrations.RunSQL("revoke delete on absence from laufzettel_app", migrations.RunSQL.noop),
    ]
