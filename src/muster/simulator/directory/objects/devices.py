"""Device objects: what Entra knows of one registration of a machine."""

from base64 import b64encode
from typing import Literal

from muster.simulator.directory.draws import Draws, Weighted
from muster.simulator.directory.objects.groups import RING_ATTRIBUTE, RING_CYCLE, RINGS
from muster.simulator.directory.objects.machines import Machine, MachineMaker
from muster.simulator.directory.objects.users import UserMaker
from muster.simulator.directory.objects.world import DAY_SECONDS, EXTENSION_ATTRIBUTES, World, stamp
from muster.simulator.directory.shelf import JSONObject

INTUNE_APP_ID = "0000000a-0000-0000-c000-000000000000"
_CONFIGURATION_MANAGER_APP_ID = "54b943f8-d761-4f8d-951e-9cea1846db5a"
_PHONES = frozenset({"iphone", "ipad", "android"})
_TRUST = {
    "azure": "AzureAd",
    "hybrid": "ServerAd",
    "pending": "ServerAd",
    "registered": "Workplace",
}
_Age = Literal["fresh", "recent", "older", "stale", "never"]
_AGES: Weighted[_Age] = Weighted(
    (62, "fresh"), (12, "recent"), (11, "older"), (10, "stale"), (5, "never")
)
_AGE_DAYS = {"fresh": (0, 13), "recent": (14, 21), "older": (22, 90), "stale": (91, 700)}
_ENROLLMENTS = {
    "laptop": ("WindowsAutoEnrollment", "AzureDomainJoined", "WindowsAzureADJoinUsingDeviceAuth"),
    "desktop": ("WindowsAutoEnrollment", "AzureDomainJoined"),
    "server": ("OnPremiseCoManaged",),
    "mac": ("AppleBulkWithUser", "UserEnrollment", "AppleBulkWithoutUser"),
    "iphone": ("AppleBulkWithUser", "AppleUserEnrollment", "UserEnrollment"),
    "ipad": ("AppleBulkWithoutUser", "UserEnrollment"),
    "android": ("AndroidEnterpriseWorkProfile", "AndroidEnterpriseFullyManaged", "UserEnrollment"),
    "linux": ("UserEnrollment",),
}
_MANAGED: Weighted[bool | None] = Weighted((84, True), (10, None), (6, False))
_PERSONAL_MANAGED: Weighted[bool | None] = Weighted((35, True), (50, None), (15, False))
_USUAL_MANAGEMENT: Weighted[str] = Weighted((98, "MDM"), (2, "EasMdm"))
_SERVER_MANAGEMENT: Weighted[str | None] = Weighted((60, "MicrosoftSense"), (40, None))
_MANAGEMENT = {
    "android": Weighted((92, "MDM"), (8, "GoogleCloudDevicePolicyController")),
    "mac": Weighted((88, "MDM"), (12, "Jamf")),
}
_RING_OF = {
    remainder: f"ring-{name}" for name, low, high in RINGS for remainder in range(low, high)
}


class DeviceMaker:
    """Makes the devices of one tenant by index."""

    def __init__(self, world: World, users: UserMaker) -> None:
        """Draw from the world's seed; owners come from the users."""
        self.machines = MachineMaker(world, users)
        self._world = world
        self._key = world.draws("devices")
        self._intune_app = world.draws("schema extension")[:4].hex()

    def owner(self, index: int) -> int | None:
        """Return the index of the user who registered the device."""
        return self.machines.owner(index)

    def shared_with(self, index: int) -> list[int]:
        """Return the indexes of further users of the device."""
        return self.machines.shared_with(index)

    def make(self, index: int) -> JSONObject:
        """Return the whole device."""
        machine = self.machines.of(index)
        draws = Draws(self._key, index)
        is_superseded = self.machines.is_superseded(index)
        is_managed = _is_managed(machine, draws)
        device = self._identity(index, machine, draws)
        device.update(self._times(machine, draws, is_superseded=is_superseded))
        device["accountEnabled"] = not draws.chance(60 if is_superseded else 3.6)
        device.update(_system(machine))
        device.update(self._management(machine, draws, is_managed=is_managed))
        device.update(self._on_premises(index, machine, draws))
        self._add_undeclared(device, index, draws)
        return device

    def _identity(self, index: int, machine: Machine, draws: Draws) -> JSONObject:
        device_id = self._world.device_ids.encode(index)
        gid = 6_755_000_000_000_000 + draws.below(1 << 48)
        physical = [f"[HWID]:h:{gid}", f"[GID]:g:{gid + 1}"]
        if machine.owner is not None:
            user = self._world.codecs["users"].encode(machine.owner)
            physical += [f"[USER-HWID]:{user}:{gid}", f"[USER-GID]:{user}:{gid + 1}"]
        if machine.join == "azure" and draws.chance(40):
            physical += [f"[ZTDID]:{self._world.device_ids.encode(index + (1 << 40))}"]
            physical += [f"[OrderID]:{machine.office.code}-2025"] if draws.chance(40) else []
        return {
            "id": self._world.codecs["devices"].encode(index),
            "deletedDateTime": None,
            "deviceId": device_id,
            "displayName": machine.name,
            "deviceVersion": 2,
            "deviceMetadata": None,
            "physicalIds": [] if machine.join == "pending" else physical,
            "alternativeSecurityIds": [
                {"type": 2, "identityProvider": None, "key": _security_key(draws)}
            ],
            "trustType": _TRUST[machine.join],
            "profileType": _profile(machine),
            "systemLabels": ["M365Managed"] if draws.chance(4) else [],
        }

    def _times(self, machine: Machine, draws: Draws, *, is_superseded: bool) -> JSONObject:
        epoch = self._world.epoch
        registered_days = (400 if is_superseded else 1) + draws.below(1200)
        created = epoch - registered_days * DAY_SECONDS - draws.below(DAY_SECONDS)
        age = "stale" if is_superseded else _AGES.draw(draws)
        last = None
        if age != "never":
            low, high = _AGE_DAYS[age]
            ago = (low + draws.below(high - low)) * DAY_SECONDS + draws.below(DAY_SECONDS)
            last = stamp(max(epoch - ago, created + 60))
        is_pending = machine.join == "pending"
        return {
            "createdDateTime": stamp(created),
            "registrationDateTime": None if is_pending else stamp(created + 5),
            "approximateLastSignInDateTime": None if is_pending else last,
        }

    def _management(self, machine: Machine, draws: Draws, *, is_managed: bool | None) -> JSONObject:
        is_co_managed = machine.join == "hybrid" and draws.chance(40)
        app = _CONFIGURATION_MANAGER_APP_ID if is_co_managed else INTUNE_APP_ID
        kinds = ("OnPremiseCoManaged",) if is_co_managed else _ENROLLMENTS[machine.sort]
        expires = self._world.ago(-draws.below(30) * DAY_SECONDS)
        compliant = (True, True, True, True, True, True, True, True, False, None)[draws.below(10)]
        is_mobile = machine.sort in _PHONES
        ownership = "Personal" if machine.is_personal else "Company"
        if draws.chance(1):
            ownership = "Unknown"
        return {
            "isManaged": is_managed,
            "isCompliant": compliant if is_managed else None,
            "isManagementRestricted": None,
            "isRooted": (False if is_managed else None) if is_mobile else None,
            "managementType": _management_type(machine, draws, is_managed=is_managed),
            "mdmAppId": app if is_managed else None,
            "complianceExpirationDateTime": expires if is_managed and draws.chance(70) else None,
            "deviceCategory": "Kiosk" if machine.is_shared else None,
            "deviceOwnership": ownership if is_managed or machine.join == "azure" else None,
            "enrollmentType": draws.among(kinds) if is_managed else None,
            "enrollmentProfileName": (
                f"Autopilot {machine.office.code}"
                if is_managed and machine.join == "azure" and draws.chance(50)
                else None
            ),
        }

    def _on_premises(self, index: int, machine: Machine, draws: Draws) -> JSONObject:
        is_synced = machine.join in ("hybrid", "pending")
        synced = self._world.ago(draws.below(3 * DAY_SECONDS))
        return {
            "onPremisesSyncEnabled": True if is_synced else None,
            "onPremisesLastSyncDateTime": synced if is_synced else None,
            "onPremisesSecurityIdentifier": (
                self._world.sid(1_101 + 2 * index) if is_synced else None
            ),
        }

    def _add_undeclared(self, device: JSONObject, index: int, draws: Draws) -> None:
        ring = _RING_OF.get(index % RING_CYCLE)
        if ring is not None:
            attributes: JSONObject = dict.fromkeys(EXTENSION_ATTRIBUTES)
            attributes[RING_ATTRIBUTE] = ring
            device["extensionAttributes"] = attributes
        else:
            device["extensionAttributes"] = None
        device["hostnames"] = []
        device["alternativeNames"] = []
        device["domainName"] = None
        if draws.chance(1.5):
            tracking = {"assetTag": f"A-{index:06d}", "costCenter": f"4{draws.below(1000):03d}"}
            device[f"ext{self._intune_app}_assetTracking"] = tracking
            device["enrolledByKiosk"] = draws.chance(50)


def _system(machine: Machine) -> JSONObject:
    system, is_registered = machine.system, machine.join != "pending"
    # What Active Directory synchronises before a machine registers itself is spelled differently,
    # and servers keep that spelling.
    is_own_word = is_registered and machine.sort != "server"
    return {
        "operatingSystem": system.name if is_own_word else system.on_premises_name,
        "operatingSystemVersion": (system.version if is_registered else system.on_premises_version),
        "manufacturer": machine.model.manufacturer if is_registered else None,
        "model": machine.model.name if is_registered else None,
    }


def _is_managed(machine: Machine, draws: Draws) -> bool | None:
    if machine.join == "pending":
        return None
    return (_PERSONAL_MANAGED if machine.is_personal else _MANAGED).draw(draws)


def _management_type(machine: Machine, draws: Draws, *, is_managed: bool | None) -> str | None:
    if machine.sort == "server":
        return _SERVER_MANAGEMENT.draw(draws)
    if not is_managed:
        return None
    return _MANAGEMENT.get(machine.sort, _USUAL_MANAGEMENT).draw(draws)


def _profile(machine: Machine) -> str | None:
    if machine.join == "pending":
        return None
    if machine.model.name == "Virtual Machine":
        return "SecureVM"
    return "Shared" if machine.is_shared else "RegisteredDevice"


def _security_key(draws: Draws) -> str:
    """Return the blob that Graph gives: UTF-16 text of the key's thumbprint, in base 64."""
    text = f"X509:<SHA1-TP-PUBKEY>{draws.below(1 << 160):040X}"
    return b64encode(text.encode("utf-16-le")).decode()
