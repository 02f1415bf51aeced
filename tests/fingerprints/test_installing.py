import io
import tarfile
import zipfile
import zlib

import pytest

from muster.core.errors import ConfigError, DataError
from muster.fingerprints import installing
from muster.fingerprints.installing import install
from muster.fingerprints.oui import makers, short

GOOD = b"""<fingerprints matches="x.y"><fingerprint pattern="^a$"><description>A</description>
<param pos="0" name="os.product" value="A"/></fingerprint></fingerprints>"""
OUI = b'Registry,Assignment,Organization Name,Organization Address\r\nMA-L,AABBCC,"Example, Inc.",X\r\n'


def packed(kind, members):
    file = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(file, "w") as archive:
            for name, data in members.items():
                archive.writestr(name, data)
        return file.getvalue()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        for name, data in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return file.getvalue()


def names(folder):
    return sorted(each.name for each in folder.rglob("*"))


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_an_archive_is_installed_without_its_folders(tmp_path, kind):
    archive = tmp_path / "recog.bin"
    archive.write_bytes(packed(kind, {"recog-1/xml/a.xml": GOOD, "recog-1/README.md": b"x"}))

    found = install(str(archive), tmp_path / "to")

    assert [(each.name, each.subject, each.entries) for each in found] == [("a.xml", "x.y", 1)]
    assert names(tmp_path / "to") == ["a.xml"]


@pytest.mark.parametrize("kind", ["zip", "tar"])
@pytest.mark.parametrize(
    "name", ["../../evil.xml", "/tmp/evil.xml", "..\\..\\evil.xml", "a/../../evil.xml"]
)
def test_a_name_that_leads_out_of_the_folder_does_not(tmp_path, kind, name):
    archive = tmp_path / "evil"
    archive.write_bytes(packed(kind, {name: GOOD}))

    install(str(archive), tmp_path / "deep" / "to")

    assert names(tmp_path / "deep") == ["evil.xml", "to"]
    assert names(tmp_path / "deep" / "to") == ["evil.xml"]


def test_a_link_in_an_archive_is_left_out(tmp_path):
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        link = tarfile.TarInfo("passwd.xml")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    (tmp_path / "links.tar").write_bytes(file.getvalue())

    with pytest.raises(DataError, match="no fingerprints"):
        install(str(tmp_path / "links.tar"), tmp_path / "to")


def test_one_malformed_file_and_nothing_is_installed(tmp_path):
    archive = tmp_path / "a.zip"
    archive.write_bytes(packed("zip", {"a.xml": GOOD, "b.xml": b"<oops"}))

    with pytest.raises(DataError, match=r"b\.xml"):
        install(str(archive), tmp_path / "to")

    assert not (tmp_path / "to").exists()


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(installing, "LARGEST_UNPACKED", 100_000)
    packer = zlib.compressobj(wbits=31)
    (tmp_path / "bomb.tar.gz").write_bytes(packer.compress(bytes(1_000_000)) + packer.flush())

    with pytest.raises(DataError, match="unpacks to more"):
        install(str(tmp_path / "bomb.tar.gz"), tmp_path / "to")


@pytest.mark.parametrize("data", [b"PK\x03\x04oops", b"\x1f\x8boops", b"\x1f\x8b" + bytes(100)])
def test_a_damaged_archive_is_named(tmp_path, data):
    (tmp_path / "broken").write_bytes(data)

    with pytest.raises(DataError, match="broken"):
        install(str(tmp_path / "broken"), tmp_path / "to")


def test_a_folder_is_installed_with_all_its_files(tmp_path):
    (tmp_path / "from").mkdir()
    (tmp_path / "from" / "a.xml").write_bytes(GOOD)
    (tmp_path / "from" / "b.xml").write_bytes(GOOD)
    (tmp_path / "from" / "schema.xsd").write_bytes(b"<xsd:schema/>")

    assert len(install(str(tmp_path / "from"), tmp_path / "to")) == 2


def test_what_lies_at_an_address_is_installed(tmp_path):
    found = install(
        "https://example.com/recog.zip?x=1",
        tmp_path / "to",
        fetch=lambda _address: packed("zip", {"a.xml": GOOD}),
    )

    assert [each.name for each in found] == ["a.xml"]


@pytest.mark.parametrize("address", ["http://example.com/a.xml", "file:///etc/passwd", "FTP://x/y"])
def test_only_https_is_fetched(tmp_path, address):
    with pytest.raises(ConfigError, match="is not fetched"):
        install(address, tmp_path / "to")


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        install(str(tmp_path / "nothing.xml"), tmp_path / "to")


def test_a_list_of_makers_is_used_before_the_one_that_comes_along(tmp_path):
    (tmp_path / "oui.csv").write_bytes(OUI)

    install(str(tmp_path / "oui.csv"), tmp_path / "to")

    assert makers(tmp_path / "to").of("aa:bb:cc:00:00:01") == ""
    assert makers(tmp_path / "to").of("a8:bb:cc:00:00:01") == ""
    (tmp_path / "to" / "oui.csv").write_bytes(OUI.replace(b"AABBCC", b"A8BBCC"))
    assert makers(tmp_path / "to").of("a8:bb:cc:00:00:01") == "Example"


@pytest.mark.parametrize(
    ("whole", "said"),
    [
        ("Cisco Systems, Inc", "Cisco"),
        ("AVM GmbH", "AVM"),
        ("Samsung Electronics Co.,Ltd", "Samsung"),
        ("Inc.", "Inc."),
        ("", ""),
    ],
)
def test_makers_are_called_as_people_call_them(whole, said):
    assert short(whole) == said
