from django.db import migrations

from backend.tenancy import CURRENT_AUTHORITY, protect

# Which authorities there are is public: without it no request could find its tenant.
AUTHORITY = [
    "alter table authority enable row level security",
    "alter table authority force row level security",
    "create policy everybody_reads on authority for select using (true)",
    f"create policy tenant on authority using (id = {CURRENT_AUTHORITY}) with check (id = {CURRENT_AUTHORITY})",
]


class Migration(migrations.Migration):
    dependencies = [("authorities", "0001_initial")]
    operations = [
        migrations.RunSQL(AUTHORITY, migrations.RunSQL.noop),
        protect("unit"),
        protect("clerk"),
        protect("membership"),
    ]
