"""Sources that behave in one way each, to run plans with."""

import asyncio

from muster.core.records import AssetRecord, Collection, CollectionReport
from muster.core.source import CredentialType, SecretField

SECRET = CredentialType("made_up", "Made up", (SecretField("key", "Key", is_secret=True),))


class Scripted:
    """Yields what it is given; an exception among it is raised in its place."""

    name = "scripted"
    label = "Scripted"
    source_id = 99
    options = ()
    credential_types = (SECRET,)
    collections = (Collection.ASSETS, Collection.USERS)

    def __init__(self, *script, is_endless=False):
        self.script = script
        self.is_endless = is_endless
        self.was_left = False

    def instance(self, secret):
        return ""

    async def verify(self, context):
        return []

    async def collect(self, context):
        try:
            for each in self.script:
                if isinstance(each, BaseException):
                    raise each
                yield each
            if self.is_endless:
                await asyncio.Event().wait()
        finally:
            self.was_left = True


def asset(number):
    return AssetRecord(source="scripted", id=str(number))


def report(collection, *, complete=True, error=""):
    return CollectionReport(
        source="scripted", collection=collection, complete=complete, error=error
    )


WHOLE = (report(Collection.ASSETS), report(Collection.USERS))
