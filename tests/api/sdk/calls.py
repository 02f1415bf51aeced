"""Every manager and method of runZero's published SDK against a server. Runs in its own venv.

Prints a line for each check; the first that fails ends it with its traceback.
"""

import os
import struct
import sys
import time
import uuid
import zlib

import requests.adapters
from runzero.api import (
    CustomAssets,
    CustomIntegrations,
    Explorers,
    HostedZones,
    Scans,
    Sites,
    Tasks,
)
from runzero.api.admin import CustomIntegrationsAdmin, OrgsAdmin, TasksAdmin, TemplatesAdmin
from runzero.client import AuthError, Client, ClientError
from runzero.types import (
    BaseCustomIntegration,
    ImportAsset,
    ImportTask,
    NetworkInterface,
    OrgOptions,
    ScanOptions,
    ScanTemplateOptions,
    SiteOptions,
    TaskOptions,
)

URL = os.environ["MUSTER_TEST_URL"]
# The SDK sends prepared requests, which do not heed REQUESTS_CA_BUNDLE as its sign-in does.
requests.adapters.DEFAULT_CA_BUNDLE_PATH = os.environ["REQUESTS_CA_BUNDLE"]
PATIENCE_SECONDS = 120
NOBODY = uuid.UUID("99999999-9999-4999-8999-999999999999")


def refused(kind, call, *given, **named):
    """Return the error that a call ends with; it must be of this kind."""
    try:
        call(*given, **named)
    except kind as error:
        return error
    raise AssertionError(f"{call} was not refused")


def png(width, height):
    def chunk(kind, data):
        told = kind + data
        return struct.pack(">I", len(data)) + told + struct.pack(">I", zlib.crc32(told))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\0" + b"\0" * width for _ in range(height)))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


def organizations(client):
    manager = OrgsAdmin(client)
    made = manager.create(OrgOptions(name="SDK", description="made", expiration_assets_stale="30"))
    assert (made.name, made.description, made.expiration_assets_stale) == ("SDK", "made", 30)
    assert manager.get(org_id=made.id).name == "SDK"
    assert manager.get(name="SDK").id == made.id
    assert manager.get(name="nobody") is None
    assert made.id in {each.id for each in manager.get_all()}
    duplicate = refused(ClientError, manager.create, OrgOptions(name="sdk"))
    assert "already an organization" in duplicate.error_info.detail
    changed = manager.update(made.id, OrgOptions(name="SDK 2", expiration_assets_offline="7"))
    assert (changed.name, changed.description) == ("SDK 2", "made")
    assert (changed.expiration_assets_stale, changed.expiration_assets_offline) == (30, 7)
    manager.delete(made.id)
    refused(ClientError, manager.get, org_id=made.id)
    refused(ClientError, manager.delete, made.id)
    return manager.create(OrgOptions(name="SDK"))


def sites(client, org):
    manager = Sites(client)
    assert [each.name for each in manager.get_all(org)] == ["Primary"]
    made = manager.create(org, SiteOptions(name="Lab", scope="10.0.0.0/24"))
    assert (made.name, made.scope) == ("Lab", "10.0.0.0/24")
    assert manager.get(org, site_id=made.id).name == "Lab"
    assert manager.get(org, name="Lab").id == made.id
    refused(ClientError, manager.create, org, SiteOptions(name="lab"))
    changed = manager.update(org, made.id, SiteOptions(name="Lab 2", description="changed"))
    assert (changed.name, changed.scope, changed.description) == ("Lab 2", "10.0.0.0/24", "changed")
    manager.delete(org, made.id)
    refused(ClientError, manager.get, org, site_id=made.id)
    refused(ClientError, manager.delete, org, made.id)
    return manager.get(org, name="Primary").id


def explorers(client, org, site):
    manager = Explorers(client)
    assert manager.get_all(org) == []
    assert manager.get(org, name="nobody") is None
    for call in (
        lambda: manager.get(org, explorer_id=NOBODY),
        lambda: manager.update_to_latest_version(org, NOBODY),
        lambda: manager.delete(org, NOBODY),
        lambda: manager.move_to_site(org, NOBODY, site),
    ):
        error = refused(ClientError, call)
        assert str(error) == "The request was rejected by the server: 404: Not Found", str(error)


def zones(client, org):
    manager = HostedZones(client)
    assert manager.get_all(org) == []
    assert manager.get(org, name="auto") is None
    refused(ClientError, manager.get, org, hosted_zone_id=NOBODY)


def scans(client, org, site):
    manager = Scans(client)
    options = ScanOptions(targets="10.0.0.0/24", scan_name="Nightly", rate="1000")
    error = refused(ClientError, manager.create, org, options, site)
    assert error.error_info.detail == "no available agents"
    refused(ClientError, manager.create, org, options, NOBODY)


def integrations(client, org):
    manager = CustomIntegrationsAdmin(client)
    made = manager.create(name="sdk-test", description="told", icon=png(32, 32))
    assert (made.name, made.description, made.icon) == ("sdk-test", "told", png(32, 32))
    assert manager.get(custom_integration_id=made.id).icon == made.icon
    assert manager.get(name="sdk-test").id == made.id
    assert manager.get(name="nobody") is None
    assert [each.id for each in manager.get_all()] == [made.id]
    refused(ClientError, manager.create, name="SDK-test")
    error = refused(ClientError, manager.create, name="large", icon=png(1000, 1000))
    assert "pixels" in error.error_info.detail
    refused(ClientError, manager.create, name="no-picture", icon=b"GIF89a")
    changed = manager.update(made.id, BaseCustomIntegration(name="sdk-test2", description="more"))
    assert (changed.name, changed.description, changed.icon) == ("sdk-test2", "more", made.icon)
    refused(ClientError, manager.get, custom_integration_id=uuid.UUID(int=0))
    default = manager.create(name="with-default-icon")
    removed = manager.delete(default.id)
    assert removed.id == default.id
    refused(ClientError, manager.get, custom_integration_id=default.id)
    refused(ClientError, manager.delete, default.id)
    readers = CustomIntegrations(client)
    assert [each.name for each in readers.get_all(org)] == ["sdk-test2"]
    assert readers.get(org, name="sdk-test2").id == made.id
    assert readers.get(org, custom_integration_id=made.id).name == "sdk-test2"
    return made.id


def assets(client, org, site, integration):
    pushed = [
        ImportAsset(
            id="one",
            hostnames=["ws-1"],
            domain="corp.example",
            networkInterfaces=[
                NetworkInterface(
                    ipv4Addresses=["10.0.0.7"],
                    ipv6Addresses=["fe80::7"],
                    macAddress="00:11:22:33:44:55",
                )
            ],
            os="Windows 11",
            os_version="22H2",
            manufacturer="Dell Inc.",
            model="Latitude",
            tags=["floor=2", "kiosk"],
            device_type="Laptop",
            customAttributes={"owner": "Ada", "score": "7"},
        ),
        ImportAsset(id="two", hostnames=["ws-2"]),
    ]
    manager = CustomAssets(client)
    info = ImportTask(name="SDK push", description="all", exclude_unknown=False, tags=["a=b"])
    task = manager.upload_assets(org, site, integration, pushed, info)
    assert (task.name, task.description) == ("SDK push", "all")
    assert task.status in {"new", "active", "processed"}, task.status
    wait_until_processed(client, org, task.id)
    unnamed = manager.upload_assets(org, site, integration, pushed[:1])
    assert unnamed.description == "py-sdk import"
    wait_until_processed(client, org, unnamed.id)
    refused(ClientError, manager.upload_assets, org, NOBODY, integration, pushed)
    refused(ClientError, manager.upload_assets, org, site, NOBODY, pushed)
    refused(ClientError, manager.upload_assets, NOBODY, site, integration, pushed)
    refused(ClientError, manager.upload_assets, org, site, integration, [])
    found = client.execute("GET", "api/v1.0/org/assets", params={"_oid": org}).json_obj
    first = next(each for each in found if "ws-1" in each["names"])
    assert first["foreign_attributes"]["@sdk-test2.custom"][0]["owner"] == "Ada"
    assert first["custom_integration_ids"] == [str(integration)]
    assert first["tags"] == {"floor": "2", "kiosk": ""}
    search = {"_oid": org, "search": "@sdk-test2.custom.owner:ada"}
    assert len(client.execute("GET", "api/v1.0/org/assets", params=search).json_obj) == 1
    return uuid.UUID(first["id"])


def asset_handle(client, org, site, integration, asset):
    admin = CustomIntegrationsAdmin(client)
    handle = admin.get_asset_admin_handle(integration)
    created = handle.create_asset(
        org, site, ImportAsset(id="three", hostnames=["ws-3"], customAttributes={"a": "b"})
    )
    assert asset_of(client, org, created)["names"] == ["ws-3"]
    assert handle.update_custom_attributes(org, asset, {"owner": "Grace", "score": ""}) == 1
    said = asset_of(client, org, asset)["foreign_attributes"]["@sdk-test2.custom"][0]
    assert said["owner"] == "Grace"
    assert "score" not in said
    assert handle.bulk_update_custom_attributes(org, "name:ws", {"seen": "yes"}) == 3
    assert handle.bulk_update_custom_attributes(org, "name:ws", {"seen": "no"}, limit=1) == 1
    assert handle.bulk_update_custom_attributes(org, "name:ws", {"s": "x"}, site=site) == 3
    refused(ClientError, handle.bulk_update_custom_attributes, org, "name:(", {"seen": "yes"})
    handle.remove_custom_integration(org, asset)
    assert asset_of(client, org, asset)["custom_integration_ids"] == []
    handle.bulk_remove_custom_integration(org, [created])
    assert asset_of(client, org, created)["sources"] == []
    refused(ClientError, handle.remove_custom_integration, org, NOBODY)


def asset_of(client, org, uid):
    path = f"api/v1.0/org/assets/{uid}"
    return client.execute("GET", path, params={"_oid": str(org)}).json_obj


def wait_until_processed(client, org, task):
    until = time.monotonic() + PATIENCE_SECONDS
    while (status := Tasks(client).get_status(org, task)) != "processed":
        assert status in {"new", "active", "scanned"}, status
        assert time.monotonic() < until, status
        time.sleep(0.2)


def tasks(client, org):
    manager, everywhere = Tasks(client), TasksAdmin(client)
    found = manager.get_all(org)
    assert {each.name for each in found} >= {"SDK push"}
    named = manager.get(org, name="SDK push")
    assert manager.get(org, task_id=named.id).name == "SDK push"
    assert manager.get(org, name="nobody") is None
    assert named.stats["change.newAssets"] == 2
    assert [e.id for e in manager.get_all(org, query="name:push")] == [named.id]
    assert manager.get_all(org, status=" PROCESSED ") != []
    assert manager.get_all(org, status="paused") == []
    assert named.id in {each.id for each in everywhere.get_all()}
    assert [e.id for e in everywhere.get_all(query="name:push", status="processed")] == [named.id]
    refused(ClientError, everywhere.get_all, query="name:(")
    refused(ClientError, manager.get, org, task_id=NOBODY)
    refused(ClientError, manager.update, org, NOBODY, TaskOptions(name="x"))
    hidden = manager.hide(org, named.id)
    assert (hidden.status, hidden.hidden) == ("removed", True)
    assert named.id not in {each.id for each in manager.get_all(org)}
    other = manager.get_all(org)[0]
    assert manager.stop(org, other.id).status == "removed"
    refused(ClientError, manager.stop, org, NOBODY)
    refused(ClientError, manager.hide, org, NOBODY)


def templates(client, org):
    manager = TemplatesAdmin(client)
    options = ScanTemplateOptions(
        name="Gentle", organization_id=org, params={"rate": "100"}, acl={}, **{"global": False}
    )
    made = manager.create(options)
    assert (made.name, made.params["rate"]) == ("Gentle", "100")
    assert manager.get(scan_template_id=made.id).name == "Gentle"
    assert manager.get(name="Gentle").id == made.id
    assert [each.id for each in manager.get_all(query="gentle")] == [made.id]
    made.name = "Gentler"
    assert manager.update(made).name == "Gentler"
    refused(ClientError, manager.create, options.copy(update={"name": "gentler"}))
    manager.delete(made.id)
    refused(ClientError, manager.get, scan_template_id=made.id)


def tokens(account, org):
    only_org = Client(server_url=URL, org_key=os.environ["MUSTER_TEST_OT"])
    refused(AuthError, OrgsAdmin(only_org).get_all)
    refused(AuthError, CustomIntegrationsAdmin(only_org).get_all)
    own = uuid.UUID(os.environ["MUSTER_TEST_ORG"])
    assert Sites(only_org).get(own, name="Primary") is not None
    refused(ClientError, Sites(only_org).get_all, org)
    refused(AuthError, Sites(Client(server_url=URL, org_key="OT" + "0" * 40)).get_all, own)
    told = only_org.last_rate_limit_information
    assert told.usage_limit > told.usage_remaining > 0 < told.usage_total
    client = Client(server_url=URL)
    client.oauth_login(os.environ["MUSTER_TEST_CLIENT"], os.environ["MUSTER_TEST_SECRET"])
    assert client.oauth_active
    assert not client.oauth_token_is_expired
    assert OrgsAdmin(client).get(org_id=org).id == org
    refused(AuthError, Client(server_url=URL).oauth_login, os.environ["MUSTER_TEST_CLIENT"], "x")


def main():
    client = Client(server_url=URL, account_key=os.environ["MUSTER_TEST_CT"])
    org = said(organizations, client).id
    site = said(sites, client, org)
    said(explorers, client, org, site)
    said(zones, client, org)
    said(scans, client, org, site)
    integration = said(integrations, client, org)
    asset = said(assets, client, org, site, integration)
    said(asset_handle, client, org, site, integration, asset)
    said(tasks, client, org)
    said(templates, client, org)
    said(tokens, client, org)
    CustomIntegrationsAdmin(client).delete(integration)
    OrgsAdmin(client).delete(org)


def said(check, *given):
    found = check(*given)
    sys.stdout.write(f"{check.__name__} holds\n")
    return found


if __name__ == "__main__":
    main()
