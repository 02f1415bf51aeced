"""What runs on each host of the lab, and the truth about it."""

import contextlib
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from scan.lab.network import ImpossibleError, Network

_HERE = Path(__file__).parent
_LONGEST_SECONDS = 20.0
PACKAGES = (
    "iproute2", "iptables", "nginx-light", "snmpd", "samba", "dnsmasq-base", "avahi-daemon",
    "redis-server", "dropbear-bin", "vsftpd", "mosquitto",
)  # fmt: skip
PROGRAMS = {
    "ip": "iproute2", "iptables": "iptables", "nginx": "nginx-light", "snmpd": "snmpd",
    "smbd": "samba", "nmbd": "samba", "dnsmasq": "dnsmasq-base", "avahi-daemon": "avahi-daemon",
    "redis-server": "redis-server", "dropbear": "dropbear-bin", "vsftpd": "vsftpd",
    "mosquitto": "mosquitto",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Truth:
    """One service host. `name` is what it calls itself, in the way that it says it."""

    address: str
    mac: str
    ports: tuple[int, ...]
    name: str = ""
    os: str = ""


HOSTS: dict[str, Truth] = {
    "linux": Truth("10.99.0.11", "52:54:10:00:00:11", (22, 80, 443), "linux01.lab.example", "Linux"),
    "samba": Truth("10.99.0.12", "3c:52:82:00:00:12", (139, 445), "FILESRV02"),
    "server": Truth("10.99.0.13", "00:15:5d:00:00:13", (80, 445), "dc01.corp.contoso.example",
                    "Windows"),
    "data": Truth("10.99.0.14", "3c:52:82:00:00:14", (1883, 6379), "data.lab.example"),
    "dns": Truth("10.99.0.15", "3c:52:82:00:00:15", (53,), "dns.lab.example"),
    "laptop": Truth("10.99.0.16", "dc:a6:32:00:00:16", (), "macbook-finance.local"),
    "television": Truth("10.99.0.17", "3c:52:82:00:00:17", (), "Living Room TV"),
    "nas": Truth("10.99.0.18", "00:11:32:00:00:18", (21,), "nas.lab.example"),
    "silent": Truth("10.99.0.19", "3c:52:82:00:00:19", ()),
    "printer": Truth("10.99.0.20", "00:1b:a9:00:00:20", (80, 515, 631, 9100), "BRN001BA9000020",
                     "Brother"),
    "controller": Truth("10.99.0.21", "00:80:f4:00:00:21", (502,)),
    "windows": Truth("10.99.0.22", "3c:52:82:00:00:22", (80, 3389),
                     "laptop-entra7.corp.contoso.example", "Windows 11"),
}  # fmt: skip


class Services:
    """Starts everything; files go to a folder of the test's own."""

    def __init__(self, network: Network, folder: Path) -> None:
        self._network = network
        self.folder = folder
        for program, package in PROGRAMS.items():
            if _path(program) is None:
                raise ImpossibleError(f"{program} of {package} is not installed; run `make lab`")

    def start(self) -> None:
        self._certificate("web.pem", "web01.corp.contoso.example", ["web01.corp.contoso.example"])
        self._certificate("rdp.pem", "LAPTOP-ENTRA7.corp.contoso.example", [])
        for each in (self._linux, self._samba, self._data, self._dns, self._laptop, self._nas):
            each()
        self._snmp("printer", "BRN001BA9000020", "Brother NC-8900h, Firmware Ver.1.49 ,MID 8CE-E01")
        self._snmp(
            "router", "r1.lab.example", "Cisco IOS Software, C2900 Software, Version 15.7(3)M"
        )
        for short, role in (("television", "television"), ("printer", "printer"),
                            ("controller", "controller"), ("windows", "laptop"),
                            ("server", "server")):  # fmt: skip
            self.stub(short, role, HOSTS[short].address)
        self.stub("farm", "plain", "0.0.0.0")
        self._network.start("silent", "iptables", "-A", "INPUT", "-j", "DROP").wait(10)
        self._run("wide", sys.executable, str(_HERE / "wide.py"), "80")
        self._await_ready()

    def log(self, short: str) -> str:
        """What a stub wrote."""
        path = self.folder / f"{short}.events"
        return path.read_text() if path.exists() else ""

    def forget(self, short: str) -> None:
        """Empty what a stub wrote."""
        (self.folder / f"{short}.events").write_text("")

    def stub(self, short: str, role: str, address: str) -> None:
        log = self.folder / f"{short}.events"
        self._run(short, sys.executable, str(_HERE / "stubs.py"), role, address, str(log))

    def _run(self, short: str, *command: str) -> None:
        program = _path(command[0]) or command[0]
        with self._log_file(short) as log:
            self._network.start(
                short, program, *command[1:], stdout=log, stderr=subprocess.STDOUT, cwd=self.folder
            )

    def _log_file(self, short: str) -> BinaryIO:
        return (self.folder / f"{short}.log").open("ab")

    def _write(self, name: str, text: str) -> str:
        path = self.folder / name
        path.write_text(text)
        return str(path)

    def _linux(self) -> None:
        key = self.folder / "dropbear.key"
        subprocess.run(
            [_path("dropbearkey") or "dropbearkey", "-t", "rsa", "-s", "2048", "-f", str(key)],
            check=True, capture_output=True,
        )  # fmt: skip
        self._run("linux", "dropbear", "-F", "-E", "-R", "-r", str(key), "-p", "22")
        (self.folder / "index.html").write_text("<html><title>Intranet</title></html>")
        config = self._write(
            "nginx.conf",
            f"daemon off; pid {self.folder}/nginx.pid; error_log {self.folder}/nginx.err;"
            f" events {{}} http {{ access_log off; client_body_temp_path {self.folder}/b;"
            f" proxy_temp_path {self.folder}/p; fastcgi_temp_path {self.folder}/f;"
            f" uwsgi_temp_path {self.folder}/u; scgi_temp_path {self.folder}/s;"
            f" server {{ listen 80; listen 443 ssl; root {self.folder};"
            f" ssl_certificate {self.folder}/web.pem; ssl_certificate_key {self.folder}/web.pem;"
            " } }",
        )
        self._run("linux", "nginx", "-c", config, "-g", "user root;")
        self._snmp("linux", "linux01.lab.example",
                   "Linux linux01 6.1.0-18-amd64 #1 SMP Debian 6.1.76-1 x86_64")  # fmt: skip

    def _snmp(self, short: str, name: str, description: str) -> None:
        config = self._write(
            f"snmpd-{short}.conf",
            f"rocommunity public\nsysName {name}\nsysDescr {description}\nagentaddress udp:161\n",
        )
        self._run(short, "snmpd", "-f", "-Lf", "/dev/null", "-C", "-c", config,
                  "-p", str(self.folder / f"snmpd-{short}.pid"))  # fmt: skip

    def _samba(self) -> None:
        folders = "".join(
            f"{each} = {self.folder}/samba\n"
            for each in ("lock directory", "state directory", "cache directory", "pid directory",
                         "private dir", "ncalrpc dir")
        )  # fmt: skip
        (self.folder / "samba").mkdir()
        config = self._write(
            "smb.conf",
            f"[global]\nnetbios name = FILESRV02\nworkgroup = CONTOSO\nserver role = standalone\n"
            f"map to guest = bad user\n{folders}[share]\npath = {self.folder}\nguest ok = yes\n",
        )
        logs = str(self.folder / "samba")
        self._run("samba", "smbd", "-F", "--no-process-group", "-s", config, "-l", logs)
        self._run("samba", "nmbd", "-F", "--no-process-group", "-s", config, "-l", logs)

    def _data(self) -> None:
        (self.folder / "redis").mkdir()
        self._run("data", "redis-server", "--bind", "0.0.0.0", "--protected-mode", "no",
                  "--save", "", "--dir", str(self.folder / "redis"))  # fmt: skip
        config = self._write("mosquitto.conf", "listener 1883\nallow_anonymous true\nuser root\n")
        self._run("data", "mosquitto", "-c", config)

    def _dns(self) -> None:
        pointers = "".join(
            f"ptr-record={_reverse(host.address)},{host.name}\n"
            for host in HOSTS.values()
            if host.name.endswith(".lab.example")
        )
        more = "".join(
            f"ptr-record={_reverse(f'10.99.0.{50 + each}')},pc{each:03}.lab.example\n"
            for each in range(50)
        )
        config = self._write(
            "dnsmasq.conf",
            f"keep-in-foreground\nno-resolv\nno-hosts\nuser=root\npid-file={self.folder}/dns.pid\n"
            f"{pointers}{more}",
        )
        self._run("dns", "dnsmasq", f"--conf-file={config}")

    def _laptop(self) -> None:
        """Avahi wants a /run of its own."""
        config = self._write(
            "avahi.conf",
            "[server]\nhost-name=macbook-finance\nuse-ipv4=yes\nuse-ipv6=no\nenable-dbus=no\n"
            "[publish]\npublish-workstation=yes\npublish-hinfo=yes\n",
        )
        run = f"mount -t tmpfs tmpfs /run && mkdir -p /run/avahi-daemon && exec {_path('avahi-daemon')}"
        self._run("laptop", "unshare", "-m", "sh", "-c",
                  f"{run} --no-drop-root --no-chroot --no-rlimits -f {config}")  # fmt: skip

    def _nas(self) -> None:
        root = self.folder / "ftp"
        root.mkdir()
        root.chmod(0o555)
        config = self._write(
            "vsftpd.conf",
            f"listen=YES\nanonymous_enable=YES\nanon_root={root}\nsecure_chroot_dir={root}\n"
            "ftpd_banner=NAS FTP server (vsFTPd 3.0.3) ready\nseccomp_sandbox=NO\nbackground=NO\n",
        )
        self._run("nas", "vsftpd", config)

    def _certificate(self, name: str, common_name: str, alternatives: Sequence[str]) -> None:
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import ec
        from cryptography.x509.oid import NameOID

        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
        now = datetime.now(UTC)
        made = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=30))
        )
        if alternatives:
            names = x509.SubjectAlternativeName([x509.DNSName(each) for each in alternatives])
            made = made.add_extension(names, critical=False)
        signed = made.sign(key, hashes.SHA256())
        content = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ) + signed.public_bytes(serialization.Encoding.PEM)
        (self.folder / name).write_bytes(content)

    def _await_ready(self) -> None:
        """Wait until every TCP port of every host accepts, and every stub says that it is ready."""
        for short, host in HOSTS.items():
            for port in host.ports:
                if short not in {"silent", "printer", "controller"}:
                    self._await(
                        short,
                        f"{host.address}:{port}",
                        lambda a=host.address, p=port: _accepts(a, p),
                    )
        for short in ("television", "printer", "controller", "windows", "server", "farm"):
            self._await(short, "its stub", lambda s=short: "ready" in self.log(s))

    def _await(self, short: str, what: str, is_ready: Callable[[], bool]) -> None:
        until = time.monotonic() + _LONGEST_SECONDS
        while not self._network.inside("scanner", is_ready):
            if time.monotonic() > until:
                log = self.folder / f"{short}.log"
                said = log.read_text(errors="replace")[-500:] if log.exists() else ""
                raise ImpossibleError(f"{short}: {what} did not start in time: {said}")
            time.sleep(0.05)


def _accepts(address: str, port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection((address, port), timeout=1):
        return True
    return False


def _reverse(address: str) -> str:
    return ".".join(reversed(address.split("."))) + ".in-addr.arpa"


def _path(program: str) -> str | None:
    return shutil.which(
        program, path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    )
