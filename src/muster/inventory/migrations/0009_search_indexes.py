"""Create the indexes that only searches need; those by name replace two that no search reads.

SQLite takes an index that it has not looked at for a better one than those that it has, so all
are looked at.
"""

from django.db import migrations

from muster.inventory import engine
from muster.inventory.schema import create_search_indexes, drop_search_indexes


def create(apps, schema_editor):
    for statement in create_search_indexes(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)
    if schema_editor.connection.vendor == "sqlite":
        engine.analyze()


def drop(apps, schema_editor):
    for statement in drop_search_indexes():
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("inventory", "0008_history")]
    operations = [
        migrations.RemoveIndex(model_name="directoryuser", name="directory_user_name"),
        migrations.RemoveIndex(model_name="directorygroup", name="directory_group_name"),
        migrations.RunPython(create, drop),
    ]
