"""One of each thing that a path can name, in one organization, each with a mark in its name."""

from datetime import UTC, datetime
from uuid import uuid4

from inventory.ingest.feeding import device, host, ingest, service
from muster.accounts.models import Account
from muster.core.records import GroupRecord, MembershipRecord, UserRecord
from muster.credentials.models import Credential, Verification
from muster.inventory import decisions
from muster.inventory.models import Asset, DirectoryGroup, DirectoryUser
from muster.organizations.scope import Scope
from muster.organizations.services import rename_organization
from muster.tasks.models import Run, Status, Task
from muster.tasks.services import NewTask
from muster.tasks.services import create as create_task

MARK = "Zyzzyva"
"""In every name, so that whatever leaks is seen."""

OF_ORGANIZATION = frozenset({"credential", "task", "run", "asset", "user", "group", "decision"})
"""Ids of things that an organization owns."""


def fill(scope: Scope, owner: Account) -> dict[str, object]:
    """Make them, and return their ids by the name that paths have for each."""
    rename_organization(scope.organization, f"{MARK} Inc")
    task = task_of(scope)
    return {
        "session": uuid4(),
        "source": "azuread",
        "credential": task.credential.uid,
        "task": task.uid,
        "run": run_of(scope, task).uid,
        **inventory_of(scope),
    }


def inventory_of(scope: Scope) -> dict[str, object]:
    """Make an asset of a scan and a directory, which a person split, a user and a group."""
    at = datetime.now(UTC)
    ingest(scope, [host("h-1", f"{MARK}-pc", os="Windows"), service("h-1")], at=at)
    user = UserRecord(source="azuread", id="u-1", display_name=f"{MARK} Ada")
    group = GroupRecord(source="azuread", id="g-1", display_name=f"{MARK} people")
    member = MembershipRecord(source="azuread", group_id="g-1", member_id="u-1")
    ingest(scope, [device("d-1", f"{MARK}-pc"), user, group, member], at=at, run_id=2)
    asset = Asset.objects.get(organization=scope.organization)
    decision = decisions.split_record(
        scope, asset.uid, source="azuread", foreign_id="d-1", at=at, note=""
    )
    return {
        "asset": asset.uid,
        "decision": decision,
        "user": DirectoryUser.objects.get(organization=scope.organization).uid,
        "group": DirectoryGroup.objects.get(organization=scope.organization).uid,
    }


def credential_of(scope: Scope) -> Credential:
    """Make a credential that lacks its secret: to try it asks nobody."""
    at = datetime.now(UTC)
    return Credential.objects.create(
        organization=scope.organization,
        name=f"{MARK} key",
        type="azure_client_secret",
        public={"client_id": str(uuid4()), "tenant_id": str(uuid4())},
        verification_status=Verification.VERIFIED,
        verified_at=at,
        created_at=at,
        created_by="nobody",
    )


def task_of(scope: Scope) -> Task:
    """Make a task with such a credential."""
    asked = NewTask(f"{MARK} sync", "azuread", scope.site(), credential_of(scope))
    return create_task(scope, asked, at=datetime.now(UTC))


def run_of(scope: Scope, task: Task) -> Run:
    """Make a run of a task that is over."""
    at = datetime.now(UTC)
    run = Run.objects.create(
        organization=scope.organization,
        task=task,
        status=Status.PROCESSED,
        is_complete=True,
        started_at=at,
        heartbeat_at=at,
        ended_at=at,
        host="here",
        pid=1,
    )
    run.log.create(at=at, level="info", event=f"{MARK} was read", fields={"records": 1})
    return run
