from django.db import migrations, models

# A correction ends the old row and adds one: what was declared, and by whom, stays as it was.
ONLY_ENDED = """
revoke update on absence from laufzettel_app;
grant update (ended_by, ended_at, revision) on absence to laufzettel_app;
"""


class Migration(migrations.Migration):
    dependencies = [("authorities", "0004_unit_also")]

    operations = [
        migrations.AddField("clerk", "told_at", models.DateTimeField(null=True)),
        migrations.RunSQL(ONLY_ENDED, migrations.RunSQL.noop),
    ]
