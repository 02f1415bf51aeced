"""Queries to start with: what an inventory of a network and a directory is asked first."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BundledQuery:
    """A query that is there in every organization."""

    name: str
    inventory: str
    text: str
    description: str


def _asset(name: str, text: str, description: str) -> BundledQuery:
    return BundledQuery(name, "assets", text, description)


def _user(name: str, text: str, description: str) -> BundledQuery:
    return BundledQuery(name, "users", text, description)


def _group(name: str, text: str, description: str) -> BundledQuery:
    return BundledQuery(name, "groups", text, description)


BUNDLED = (
    _asset(
        "On the network, not in the directory",
        "source:runzero AND NOT source:azuread",
        "Machines that a scan found and Microsoft Entra ID does not know.",
    ),
    _asset(
        "In the directory, never on the network",
        "source:azuread AND NOT source:runzero",
        "Devices of Microsoft Entra ID that no scan has found.",
    ),
    _asset(
        "On the network and in the directory",
        "source:runzero source:azuread",
        "Machines that a scan found and Microsoft Entra ID knows.",
    ),
    _asset(
        "Disabled, but still answering",
        "active:f alive:t",
        "Devices that their directory disabled and that answered the last scan.",
    ),
    _asset(
        "Devices without an owner",
        "source:azuread NOT has:owner",
        "Devices of Microsoft Entra ID for which it names no registered owner.",
    ),
    _asset(
        "Devices of disabled accounts",
        "owner.active:f",
        "Devices whose registered owner may no longer sign in.",
    ),
    _asset(
        "Not seen for 90 days",
        "last_seen:>90days",
        "Assets that no source has seen for a quarter: neither a scan nor a sign-in.",
    ),
    _asset(
        "New this week",
        "first_seen:<1week",
        "Assets that a source saw first within the last seven days.",
    ),
    _asset(
        "Devices that nothing manages",
        "@azuread.dev.isManaged:=false",
        "Devices that Microsoft Entra ID says no device management looks after.",
    ),
    _asset(
        "Devices that are not compliant",
        "@azuread.dev.isCompliant:=false",
        "Devices that Microsoft Entra ID says break the rules of their device management.",
    ),
    _asset(
        "Remote access in the clear",
        "protocol:telnet OR protocol:ftp OR tcp_port:23",
        "Machines with a service that sends passwords unencrypted.",
    ),
    _asset(
        "With an address of the internet",
        "has_public:t",
        "Machines that have an address of the internet.",
    ),
    _asset(
        "Two machines with one MAC address",
        "mac_overlap:t",
        "Assets that share a MAC address: a dock that moves, a clone, or one machine as two.",
    ),
    _user(
        "Owners with many devices",
        "device_count:>3",
        "Users with more than three devices registered to them.",
    ),
    _user(
        "Disabled accounts with devices",
        "active:f device_count:>0",
        "Users who may no longer sign in, but have devices registered to them.",
    ),
    _user(
        "Not signed in for 90 days",
        "active:t last_logon_at:>90days",
        "Users who may sign in and have not for a quarter, where the directory tells.",
    ),
    _user("Guests", "userType:=Guest", "Users whom another organization signs in."),
    _group(
        "Groups without users or devices",
        "user_count:0 NOT has:member NOT has:asset",
        "Groups that no user and no known device belongs to, not even through other groups.",
    ),
    _group(
        "Groups without an owner",
        "NOT has:owner",
        "Groups for which the directory names no user as owner.",
    ),
)
