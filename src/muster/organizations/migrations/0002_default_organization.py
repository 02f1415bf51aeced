"""Give every installation its first organization and site."""

from datetime import UTC, datetime

from django.db import migrations


def create_default(apps, schema_editor):
    now = datetime.now(UTC)
    organization = apps.get_model("organizations", "Organization").objects.create(
        name="Default", created_at=now
    )
    apps.get_model("organizations", "Site").objects.create(
        organization=organization, name="Primary", created_at=now
    )


class Migration(migrations.Migration):
    dependencies = [("organizations", "0001_initial")]
    operations = [migrations.RunPython(create_default, migrations.RunPython.noop)]
