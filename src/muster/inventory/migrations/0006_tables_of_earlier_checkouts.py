"""Create the set-based tables that a database from before them lacks."""

from django.db import migrations

from muster.inventory.schema import create_missing


def create(apps, schema_editor):
    there = set(schema_editor.connection.introspection.table_names())
    for statement in create_missing(schema_editor.connection.vendor, there):
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("inventory", "0005_match_decisions")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
