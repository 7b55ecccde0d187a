from django.db import migrations

from backend.tenancy import protect


class Migration(migrations.Migration):
    dependencies = [("files", "0001_initial")]
    operations = [protect("stored_file")]
