"""Let the database itself refuse to change an event.

A later migration that alters the table must put the trigger back on SQLite, where altering means
making the table anew.
"""

from django.db import migrations

_SQLITE = """
CREATE TRIGGER event_is_final BEFORE UPDATE ON notices_event
BEGIN SELECT RAISE(ABORT, 'events are never changed'); END
"""
_POSTGRESQL = """
CREATE FUNCTION event_is_final() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'events are never changed'; END $$;
CREATE TRIGGER event_is_final BEFORE UPDATE ON notices_event
FOR EACH ROW EXECUTE FUNCTION event_is_final()
"""


def protect(apps, schema_editor):
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    schema_editor.execute(_POSTGRESQL if is_postgresql else _SQLITE)


def unprotect(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER IF EXISTS event_is_final ON notices_event")
        schema_editor.execute("DROP FUNCTION IF EXISTS event_is_final()")
    else:
        schema_editor.execute("DROP TRIGGER IF EXISTS event_is_final")


class Migration(migrations.Migration):
    dependencies = [("notices", "0001_initial")]
    operations = [migrations.RunPython(protect, unprotect)]
