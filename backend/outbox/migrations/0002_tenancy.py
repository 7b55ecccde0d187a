from django.db import migrations

from backend.tenancy import protect

# The relay serves all authorities and sees ids and leases only.
RELAY = [
    """
    grant select (id, authority_id, queue, status, due_at, attempts, interruptions, lease_until),
        update (status, due_at, interruptions, lease_until) on command to laufzettel_relay
    """,
    "create policy relay on command to laufzettel_relay using (true) with check (true)",
]
# Wakes the relay after the commit, whoever wrote the command.
NOTIFY = [
    """
    create function wake_relay() returns trigger language plpgsql as
    $$ begin perform pg_notify('outbox', ''); return null; end $$
    """,
    "create trigger wake_relay after insert on command for each statement execute function wake_relay()",
]


class Migration(migrations.Migration):
    dependencies = [("outbox", "0001_initial")]
    operations = [
        protect("command"),
        migrations.RunSQL(RELAY, migrations.RunSQL.noop),
        migrations.RunSQL(NOTIFY, migrations.RunSQL.noop),
    ]
