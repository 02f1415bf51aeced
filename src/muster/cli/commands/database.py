"""`muster db`: the database itself."""

from muster.cli.declaring import command, group
from muster.cli.session import Session

app = group("Look after the database.")


@command(app, "migrate")
def migrate(session: Session) -> None:
    """Bring the database up to date. Every other command does it by itself too."""
    from muster.cli.database import open_database

    taken = open_database(tell=session.tell)
    if session.is_json:
        session.answer({"migrations": taken})
    else:
        session.say(f"Took {len(taken)} migrations." if taken else "Nothing to do.")
