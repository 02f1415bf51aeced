"""One simulated tenant, and organizations that sync it."""

from datetime import timedelta

from inventory.ingest.snapshots import everything
from muster.core.source import SilentProgress
from muster.credentials.services import NewCredential, create
from muster.inventory.selectors import run_changes, run_counts
from muster.simulator.demo import DEMO
from muster.tasks.connectors import connector_task, run_now

_DATED = ("assets", "records")


class Tenant:
    """One simulated tenant, and two organizations that sync it, each in its own way."""

    def __init__(self, simulator, scope, other_scope, now):
        self.simulator = simulator
        self.scopes = {"changes": scope, "whole": other_scope}
        self.at = now
        self.credentials = {name: self.credential(name, each) for name, each in self.scopes.items()}

    def credential(self, name, scope):
        secret = {
            "tenant_id": DEMO.tenant_id,
            "client_id": DEMO.client_id,
            "client_secret": DEMO.client_secret,
        }
        new = NewCredential(name, "azure_client_secret", secret)
        return create(scope, new, at=self.at, save_anyway=True).credential

    def sync(
        self, name, *, full=False, fresh=False, fails=False, stop=None, credential=None, **options
    ):
        scope = self.scopes[name]
        task = connector_task(
            scope,
            "azuread",
            credential=credential or self.credentials[name],
            site=scope.site(),
            options=options,
            at=self.at,
        )
        progress = SilentProgress()
        run = run_now(
            scope,
            task,
            watcher=progress,
            clock=lambda: self.at,
            stop=stop,
            is_full=full,
            is_fresh=fresh,
        )
        assert run.is_complete or fails, (run.error, run.hint)
        return run

    def day(self, seed, share):
        self.simulator.evolve(seed=seed, share=share)
        self.at += timedelta(days=1)

    def differences(self):
        """What one organization has and the other has not, by table."""
        changes, whole = (self.seen(name) for name in ("changes", "whole"))
        return {
            table: (_lacking(changes[table], whole[table]), _lacking(whole[table], changes[table]))
            for table in whole
            if changes[table] != whole[table]
        }

    def seen(self, name):
        """Everything but the column last_seen, which comes last.

        Of what the directory does not date, only a whole sync says that it was seen again.
        Where it does, the attribute of the sign-in says the same.
        """
        found = everything(self.scopes[name].organization_id)
        undated = {t: sorted(row.rsplit(b",", 1)[0] for row in found[t]) for t in _DATED}
        return {**found, **undated}

    def reported(self, name, run):
        """What the report of a run says: how much of what, and of each thing what changed."""
        scope = self.scopes[name]
        told = {}
        for inventory, counts in run_counts(scope, run.pk).items():
            for event in (event for event, number in counts.items() if number):
                page = run_changes(scope, run.pk, inventory=inventory, event=event, size=1000)
                told[inventory, event] = sorted(map(_told, page.rows))
        return told


def _told(row):
    entries = [
        (
            sorted(each.events),
            each.record,
            sorted(map(repr, each.changes)),
            sorted((move.record, move.rule, move.key) for move in each.moves),
            sorted(map(repr, each.links)),
        )
        for each in row.entries
    ]
    return row.name, sorted(entries)


def _lacking(rows, others):
    left = list(others)
    return [each for each in rows if each not in left or left.remove(each)]
