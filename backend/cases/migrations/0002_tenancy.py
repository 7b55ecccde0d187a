from django.db import migrations

from backend.tenancy import append_only, protect

TABLES = ("case_file", "application", "event", "task", "deadline", "notice", "message")
FACTS = ("application", "event", "notice")

# Nothing of a case is deleted yet; erasure will get a right of its own.
KEPT = migrations.RunSQL(
    "revoke delete on case_file, task, deadline, message from laufzettel_app", migrations.RunSQL.noop
)


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]
    operations = [*(protect(table) for table in TABLES), *(append_only(table) for table in FACTS), KEPT]
