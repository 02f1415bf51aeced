import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.core.errors import DataError
from muster.imports.table import is_table, records

LIST = b"""Hostname;IP Address;MAC Address;OS;Serial Number;Room No\r
WS-0042;192.0.2.10, 192.0.2.11;3C-52-82-00-00-07;Windows 11;ABC123;R 4\r
;192.0.2.12;;;;\r
\r
"""


def read(data):
    return list(records(io.BytesIO(data)))


def test_each_row_is_an_asset_with_the_other_columns_as_attributes():
    first, second = read(LIST)

    assert first.names == ("WS-0042",)
    assert first.addresses == ("192.0.2.10", "192.0.2.11")
    assert first.macs == ("3c:52:82:00:00:07",)
    assert first.os == "Windows 11"
    assert first.attributes == {"serialNumber": "ABC123", "roomNo": "R 4"}
    assert second.id == "192.0.2.12"


def test_a_file_is_told_to_be_a_list_by_its_columns():
    assert is_table(LIST)
    assert is_table(b"name,os\nx,y\n")
    assert is_table(b"\xef\xbb\xbfIP\n192.0.2.1\n")
    assert not is_table(b'{"type":"asset","name":"x"}\n')
    assert not is_table(b"colour,taste\nred,sweet\n")
    assert not is_table(b"")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"name,os\n,Windows\n", "line 2 names no machine"),
        (b"name\na,b\n", "line 2 has 2 cells for 1 columns"),
        (b"name\n\xff\xfe\n", "not in UTF-8"),
        (b"name\n" + b"x" * 100_000, "more than 65536 characters"),
    ],
)
def test_a_row_that_cannot_be_read_is_named(data, says):
    with pytest.raises(DataError, match=says):
        read(data)


@given(st.binary(max_size=400))
def test_random_bytes_do_no_harm(data):
    try:
        read(b"name,ip,mac\n" + data)
    except DataError:
        return
