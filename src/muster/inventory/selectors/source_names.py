"""What the numbers of sources are called. The names are those that existing queries use."""

# reference console.md section 1.4; a custom source has a negative number and shares bit 0.
SOURCE_NAMES = {
    -1: "custom",
    1: "runzero",
    2: "miradore",
    3: "aws",
    4: "crowdstrike",
    5: "azure",
    6: "censys",
    7: "vmware",
    8: "gcp",
    9: "sentinelone",
    10: "tenable",
    11: "nessus",
    12: "rapid7",
    13: "insightvm",
    14: "qualys",
    15: "shodan",
    16: "azuread",
    17: "ldap",
    18: "ms365defender",
    19: "intune",
    20: "googleworkspace",
    21: "sample",
    22: "tenablesecuritycenter",
    23: "packet",
    24: "wiz",
    25: "meraki",
    26: "mecm",
    27: "tanium",
    28: "simulator",
    29: "netbox",
    30: "cip",
    31: "pan",
    32: "prisma",
    33: "awsrole",
    34: "dragos",
}


def source_name(number: int) -> str:
    """Return the name of a source, `source-N` for one that has none."""
    return SOURCE_NAMES.get(max(number, -1), f"source-{number}")


def source_names(mask: int) -> tuple[str, ...]:
    """Return the names of the sources in an asset's mask, by their number."""
    names = {max(number, 0): name for number, name in SOURCE_NAMES.items()}
    numbers = (number for number in range(mask.bit_length()) if mask >> number & 1)
    return tuple(names.get(number, f"source-{number}") for number in numbers)
