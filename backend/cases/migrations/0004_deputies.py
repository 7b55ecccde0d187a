from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_provenance")]

    operations = [
        migrations.AddField("task", "assigned_for_id", models.UUIDField(null=True)),
        migrations.AddField(
            "task", "done_for_person", models.CharField(default="", db_default="", max_length=100)
        ),
    ]
