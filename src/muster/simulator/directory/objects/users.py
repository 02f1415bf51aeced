"""Directory users: employees, guests, contractors, administrators, rooms and service accounts."""

import re
from dataclasses import dataclass
from typing import Literal

from muster.simulator.directory.draws import Draws, Weighted
from muster.simulator.directory.objects.company import (
    DEPARTMENT_CYCLE,
    GUEST_REMAINDER,
    OFFICES_BY_LANGUAGE,
    PARTNERS,
    SPECIAL_REMAINDER,
    TITLES,
    Office,
    department_of,
)
from muster.simulator.directory.objects.names import Name, Names
from muster.simulator.directory.objects.world import (
    DAY_SECONDS,
    EXTENSION_ATTRIBUTES,
    World,
    cloud_sid,
)
from muster.simulator.directory.shelf import JSONObject

Role = Literal["employee", "guest", "contractor", "administrator", "room", "service"]

_SPECIAL_ROLES: tuple[Role, ...] = ("service", "room", "administrator", "contractor")
_NUMBERED = re.compile(r"(?:svc|room)-[a-z]+-([0-9]{1,9})@.*")
_PURPOSES = ("backup", "scanner", "sync", "print", "monitor", "erp", "mail")
_E3 = "05e9a617-0261-4cee-bb44-138d3ef5d965"
_E5 = "06ebc4ee-1bb5-47dd-8120-11324bc54e06"
_F3 = "66b55226-6b4f-492c-910c-a3b7a3c9d993"
_LICENCES = Weighted((60, (_E3,)), (15, (_E5,)), (15, (_F3,)), (4, (_E3, _F3)), (6, ()))
_EMPTY: tuple[str, ...] = (
    "aboutMe", "ageGroup", "birthday", "consentProvidedForMinor", "employeeLeaveDateTime",
    "faxNumber", "hireDate", "identityParentId", "legalAgeGroupClassification", "mySite",
    "passwordProfile", "preferredDataLocation", "preferredName", "deletedDateTime", "print",
    "customSecurityAttributes", "onPremisesSipInfo", "isManagementRestricted",
    "isResourceAccount", "deviceEnrollmentLimit", "mailboxSettings",
)  # fmt: skip
_EMPTY_LISTS = (
    "imAddresses", "interests", "pastProjects", "responsibilities", "schools", "skills",
    "infoCatalogs", "onPremisesProvisioningErrors", "serviceProvisioningErrors",
    "provisionedPlans", "licenseAssignmentStates",
)  # fmt: skip


_EMPTY_USER: JSONObject = dict.fromkeys(_EMPTY)
_EMPTY_ON_PREMISES: JSONObject = dict.fromkeys(
    f"onPremises{name}"
    for name in (
        "SyncEnabled", "LastSyncDateTime", "DistinguishedName", "DomainName", "ImmutableId",
        "SamAccountName", "SecurityIdentifier", "UserPrincipalName",
    )
)  # fmt: skip
_EMPTY_WORK: JSONObject = dict.fromkeys(
    (
        "companyName", "employeeId", "employeeType", "employeeHireDate", "employeeOrgData",
        "officeLocation", "mobilePhone", "streetAddress", "postalCode", "city", "state", "country",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Person:
    """Who is behind an index, and how it signs in; cheaper than the whole user."""

    index: int
    role: Role
    name: Name
    office: Office
    sign_in: str
    principal: str


class UserMaker:
    """Makes the users of one tenant by index."""

    def __init__(self, world: World) -> None:
        """Draw from the world's seed."""
        self._world = world
        self._key = world.draws("users")
        labels = world.ad_domain.split(".")
        self._domain_path = ",".join(f"DC={label}" for label in labels)
        self._names = Names(int.from_bytes(self._key[:4], "little"))

    def person(self, index: int) -> Person:
        """Return who is at an index."""
        role = _role(index)
        name = self._names.of(index)
        offices = OFFICES_BY_LANGUAGE[name.language]
        office = offices[(index // DEPARTMENT_CYCLE) % len(offices)]
        sign_in = _sign_in(role, name, office, index)
        return Person(index, role, name, office, sign_in, self._principal(role, sign_in, index))

    def index_of_principal(self, principal: str) -> int | None:
        """Return the index whose generated sign-in name this is, in folded case."""
        numbered = _NUMBERED.fullmatch(principal)
        if numbered is not None:
            index: int | None = int(numbered[1])
        else:
            local = re.sub(r"^(adm|ext)-", "", principal.partition("@")[0])
            index = self._names.index_of(local.partition("_")[0])
        if index is None or self.person(index).principal.casefold() != principal:
            return None
        return index

    def name(self, index: int) -> Name:
        """Return the name of the person at an index."""
        return self._names.of(index)

    def office(self, index: int) -> Office:
        """Return where the person at an index works."""
        offices = OFFICES_BY_LANGUAGE[self._names.language(index)]
        return offices[(index // DEPARTMENT_CYCLE) % len(offices)]

    def department(self, index: int) -> str | None:
        """Return the department that the user at an index is made with."""
        return department_of(index)

    def make(self, index: int) -> JSONObject:
        """Return the whole user."""
        person = self.person(index)
        draws = Draws(self._key, index)
        account = self._account(person, draws)
        return {
            "id": self._world.codecs["users"].encode(index),
            **_EMPTY_USER,
            **{name: [] for name in _EMPTY_LISTS},
            **account,
            **_names_of(person),
            **self._work(person, draws),
            **self._mail(person, draws),
            **self._on_premises(person, draws),
            "signInActivity": self._activity(draws, is_enabled=bool(account["accountEnabled"])),
        }

    def _principal(self, role: Role, sign_in: str, index: int) -> str:
        world = self._world
        if role == "guest":
            partner = PARTNERS[(index // DEPARTMENT_CYCLE) % len(PARTNERS)]
            return f"{sign_in}_{partner}#EXT#@{world.cloud_domain}"
        domain = world.cloud_domain if role == "administrator" else world.domain
        return f"{sign_in}@{domain}"

    def _account(self, person: Person, draws: Draws) -> JSONObject:
        world = self._world
        is_guest = person.role == "guest"
        created = world.ago(draws.below(2600) * DAY_SECONDS + draws.below(DAY_SECONDS))
        pending = is_guest and draws.chance(20)
        state = ("PendingAcceptance" if pending else "Accepted") if is_guest else None
        is_enabled = person.role != "room" and not draws.chance(7)
        return {
            "accountEnabled": is_enabled,
            "userPrincipalName": person.principal,
            "userType": "Guest" if is_guest else "Member",
            "createdDateTime": created,
            "creationType": "Invitation" if is_guest else None,
            "externalUserState": state,
            "externalUserStateChangeDateTime": created if is_guest else None,
            "lastPasswordChangeDateTime": created if is_guest else world.ago(draws.below(15552000)),
            "signInSessionsValidFromDateTime": created,
            "passwordPolicies": "DisablePasswordExpiration" if person.role == "service" else None,
            "securityIdentifier": cloud_sid(world.codecs["users"].encode(person.index)),
            "showInAddressList": None if is_guest else person.role in ("employee", "room"),
            "identities": _identities(person, world),
            "authorizationInfo": {"certificateUserIds": []},
            "usageLocation": None if is_guest else person.office.country_code,
            "assignedLicenses": _licences(person, draws, is_enabled=is_enabled),
            "assignedPlans": [],
        }

    def _work(self, person: Person, draws: Draws) -> JSONObject:
        department = department_of(person.index)
        titles = TITLES.get(department or "")
        common: JSONObject = {
            "department": department,
            "jobTitle": draws.among(titles) if titles and draws.chance(94) else None,
            "businessPhones": [],
        }
        if person.role != "employee":
            return {**_EMPTY_WORK, **common}
        return {**common, **self._employment(person, draws)}

    def _employment(self, person: Person, draws: Draws) -> JSONObject:
        office, digits = person.office, f"{draws.below(10_000_000):07d}"
        hired = self._world.ago(draws.below(4000) * DAY_SECONDS)[:10]
        return {
            "companyName": self._world.company.display_name,
            "employeeId": f"{100_000 + person.index}",
            "employeeType": "Employee",
            "employeeHireDate": f"{hired}T00:00:00Z",
            "employeeOrgData": {"division": "Europe", "costCenter": f"4{digits[:3]}"},
            "officeLocation": f"{office.code}/{draws.below(6)}.{draws.below(40):02d}",
            "businessPhones": [f"{office.phone_prefix} {digits}"] if draws.chance(70) else [],
            "mobilePhone": (
                f"{office.phone_prefix[:3]} 170 {digits}" if draws.chance(45) else None
            ),
            "streetAddress": office.street,
            "postalCode": office.postal_code,
            "city": office.city,
            "state": office.state,
            "country": office.country,
        }

    def _mail(self, person: Person, draws: Draws) -> JSONObject:
        is_guest = person.role == "guest"
        has_mail = person.role in ("employee", "room", "contractor") or is_guest
        own = f"{person.sign_in}@{self._world.domain}"
        if is_guest:
            own = person.principal.partition("#")[0].replace("_", "@")
        proxies = [f"SMTP:{own}"] if has_mail else []
        if person.role == "employee":
            proxies.append(f"smtp:{person.sign_in}@{self._world.cloud_domain}")
        nickname = person.principal.partition("@")[0] if is_guest else person.sign_in
        private = [f"{person.sign_in}@post.example"] if draws.chance(8) else []
        return {
            "mail": own if has_mail else None,
            "mailNickname": nickname,
            "proxyAddresses": proxies,
            "otherMails": [own] if is_guest else private,
        }

    def _on_premises(self, person: Person, draws: Draws) -> JSONObject:
        world = self._world
        is_synced = person.role in ("employee", "room", "service") and draws.chance(80)
        attributes: JSONObject = dict.fromkeys(EXTENSION_ATTRIBUTES)
        if not is_synced:
            return {**_EMPTY_ON_PREMISES, "onPremisesExtensionAttributes": attributes}
        attributes["extensionAttribute1"] = f"L{draws.below(5)}" if draws.chance(30) else None
        shown = f"{person.name.surname}\\, {person.name.given}"
        unit = department_of(person.index) or "Service"
        return {
            "onPremisesSyncEnabled": True,
            "onPremisesLastSyncDateTime": world.ago(draws.below(DAY_SECONDS)),
            "onPremisesDistinguishedName": (
                f"CN={shown},OU={unit},OU={person.office.code},{self._domain_path}"
            ),
            "onPremisesDomainName": world.ad_domain,
            "onPremisesImmutableId": f"{draws.below(1 << 88):022x}==",
            "onPremisesSamAccountName": person.sign_in[:20],
            "onPremisesSecurityIdentifier": world.sid(1_100 + 2 * person.index),
            "onPremisesUserPrincipalName": person.principal,
            "onPremisesExtensionAttributes": attributes,
        }

    def _activity(self, draws: Draws, *, is_enabled: bool) -> JSONObject | None:
        if draws.chance(8):
            return None
        youngest = 0 if is_enabled else 40 * DAY_SECONDS
        days = draws.below(200) if draws.chance(15) else draws.below(12)
        age = youngest + days * DAY_SECONDS + draws.below(DAY_SECONDS)
        request = f"{draws.below(1 << 32):08x}-1f3a-4c7e-9b1d-{draws.below(1 << 48):012x}"
        when = self._world.ago(age)
        quiet = self._world.ago(max(0, age - draws.below(7200)))
        return {
            "lastSignInDateTime": when,
            "lastSignInRequestId": request,
            "lastNonInteractiveSignInDateTime": quiet,
            "lastNonInteractiveSignInRequestId": request[::-1].replace("-", "")[:8] + request[8:],
            "lastSuccessfulSignInDateTime": quiet,
            "lastSuccessfulSignInRequestId": request,
        }


def _role(index: int) -> Role:
    remainder = index % DEPARTMENT_CYCLE
    if remainder == GUEST_REMAINDER:
        return "guest"
    if remainder == SPECIAL_REMAINDER:
        return _SPECIAL_ROLES[(index // DEPARTMENT_CYCLE) % len(_SPECIAL_ROLES)]
    return "employee"


def _names_of(person: Person) -> JSONObject:
    name, is_human = person.name, person.role not in ("room", "service")
    return {
        "displayName": _display_name(person),
        "givenName": name.given if is_human else None,
        "surname": name.surname if is_human else None,
        "preferredLanguage": person.office.language if is_human else None,
    }


def _display_name(person: Person) -> str:
    name = person.name
    match person.role:
        case "room":
            return f"Room {person.office.code} {person.index}"
        case "service":
            return f"Service Account {person.sign_in.removeprefix('svc-')}"
        case "administrator":
            return f"{name.given} {name.surname} (Admin)"
        case "contractor":
            return f"{name.surname}, {name.given} (EXT)"
    is_family_first = name.language == "ja"
    return f"{name.surname} {name.given}" if is_family_first else f"{name.given} {name.surname}"


def _sign_in(role: Role, name: Name, office: Office, index: int) -> str:
    if role == "room":
        return f"room-{office.code.lower()}-{index:04d}"
    if role == "service":
        return f"svc-{_PURPOSES[index // DEPARTMENT_CYCLE % len(_PURPOSES)]}-{index:04d}"
    prefix = {"administrator": "adm-", "contractor": "ext-"}.get(role, "")
    return f"{prefix}{name.sign_in}"


def _licences(person: Person, draws: Draws, *, is_enabled: bool) -> list[JSONObject]:
    if person.role != "employee" or not is_enabled:
        return []
    return [{"skuId": sku, "disabledPlans": []} for sku in _LICENCES.draw(draws)]


def _identities(person: Person, world: World) -> list[JSONObject]:
    first: JSONObject = {
        "signInType": "userPrincipalName",
        "issuer": world.cloud_domain,
        "issuerAssignedId": person.principal,
    }
    if person.role != "guest":
        return [first]
    invited: JSONObject = {**first, "signInType": "federated", "issuer": "ExternalAzureAD"}
    return [invited, first]
