"""`muster demo`, from an empty home to its answer, and again."""

import gzip
import json

import pytest

from muster.core import ndjson
from muster.core.records import AssetRecord
from muster.demo import scan_file


def test_the_bundled_scan_is_what_the_companys_network_gives():
    bundled = gzip.decompress(scan_file.FILE.read_bytes())

    assert bundled == scan_file.content()


def test_the_bundled_scan_has_some_600_hosts_and_is_readable():
    with gzip.open(scan_file.FILE) as file:
        hosts = [each for each in ndjson.read(file) if isinstance(each, AssetRecord)]

    assert 550 <= len(hosts) <= 650


@pytest.mark.timeout(240)
def test_the_demo_fills_the_inventory_and_the_second_start_keeps_it(program):
    first = program("demo", "--json")
    second = program("demo")

    shown = json.loads(first.out)
    counts = shown["counts"]
    assert first.code == second.code == 0, first.err + second.err
    assert "demo data" in first.err
    assert counts["scanned_only"] + counts["both"] == 600
    assert (counts["users"], counts["groups"]) == (1500, 200)
    assert counts["both"] > 200
    assert counts["memberships"] > 1000
    assert shown["count"] == counts["scanned_only"]
    assert len(shown["rows"]) == 10
    assert "is still here" in second.err
    assert "Assets in both, merged into one" in second.out
    assert "MUSTER_HOME=" in second.out
    assert program("search", "--count").out == f"{sum_of_assets(counts)}\n"


def sum_of_assets(counts):
    return counts["scanned_only"] + counts["directory_only"] + counts["both"] + counts["gone"]
