from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("authorities", "0003_absence")]

    operations = [migrations.AddField("unit", "also", models.JSONField(default=list))]
