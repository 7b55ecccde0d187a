from django.db import migrations

from backend.tenancy import protect


class Migration(migrations.Migration):
    dependencies = [("keys", "0001_initial")]
    operations = [protect("authority_key"), protect("data_key")]
