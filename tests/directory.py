"""Which LDAP directory do the tests ask? Debian's slapd on free loopback ports, with people of its own."""

from __future__ import annotations

import re
import shutil
import signal
import socket
import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from textwrap import dedent
from typing import Any

from tests.certificates import own_certificate
from tests.processes import Server, free_port, listens, program

BASE, PEOPLE = "dc=example,dc=org", "ou=people,dc=example,dc=org"
SEARCHER, SEARCHER_PASSWORD = "cn=portal,dc=example,dc=org", "look 4 me"
SECRET = "jade and bamboo"
"""The password of everybody in the directory."""
_CONFIGURATION = """
    include /etc/ldap/schema/core.schema
    include /etc/ldap/schema/cosine.schema
    include /etc/ldap/schema/inetorgperson.schema
    modulepath /usr/lib/ldap
    moduleload back_mdb
    moduleload ppolicy
    pidfile {folder}/slapd.pid
    sizelimit 500
    {tls}
    database mdb
    suffix "dc=example,dc=org"
    directory {folder}/data
    maxsize 10485760
    rootdn "cn=root,dc=example,dc=org"
    rootpw root
    index objectClass,uid,mail eq
    access to attrs=userPassword by self write by anonymous auth by * none
    access to * by dn.base="cn=portal,dc=example,dc=org" read by self read by anonymous {anonymous} by * none
    overlay ppolicy
    ppolicy_default "cn=policy,dc=example,dc=org"
"""
_TLS = """
    TLSCertificateFile {folder}/ca.pem
    TLSCertificateKeyFile {folder}/key.pem
    security simple_bind=128
"""
_ENTRIES = """
    dn: dc=example,dc=org
    objectClass: domain
    dc: example

    dn: ou=people,dc=example,dc=org
    objectClass: organizationalUnit
    ou: people

    dn: cn=policy,dc=example,dc=org
    objectClass: device
    objectClass: pwdPolicy
    cn: policy
    pwdAttribute: userPassword
    pwdLockout: TRUE
    pwdMustChange: TRUE

    dn: cn=portal,dc=example,dc=org
    objectClass: device
    objectClass: simpleSecurityObject
    cn: portal
    userPassword: look 4 me

    dn: ou=elsewhere,dc=example,dc=org
    objectClass: referral
    objectClass: extensibleObject
    ou: elsewhere
    ref: ldap://127.0.0.1:{port}/ou=people,dc=example,dc=org
"""


def person(uid: str, **about: str) -> str:
    """An entry of one person, as LDIF; values may be several lines."""
    held = {"cn": uid, "sn": uid, "mail": f"{uid}@example.org", "userPassword": SECRET} | about
    lines = [f"{name}: {value}" for name, values in held.items() for value in values.split("\n")]
    named = re.sub(r"([,+])", r"\\\1", uid)
    return "\n".join([f"dn: uid={named},{PEOPLE}", "objectClass: inetOrgPerson", f"uid: {uid}", *lines, "", ""])


class Directory(Server):
    """A directory: `ldaps` and `ldap` are its addresses, `ca` the authority of its certificate (PEM)."""

    def __init__(self, *people: str, tls: bool = True, anonymous: str = "auth") -> None:
        super().__init__()
        self.secure_port, self.tls = free_port(), tls
        self.ldap, self.ldaps = f"ldap://127.0.0.1:{self.port}", f"ldaps://127.0.0.1:{self.secure_port}"
        own_certificate(self.directory / "ca.pem")
        self.ca = (self.directory / "ca.pem").read_text()
        (self.directory / "data").mkdir()
        # AppArmor's profile on Debian goes by the path of the program, and keeps it from folders such as ours.
        self.program = str(shutil.copy(program("slapd", "/usr/sbin"), self.directory / "slapd"))
        about = {"folder": self.directory, "anonymous": anonymous, "tls": _TLS.format(folder=self.directory) if tls else ""}
        (self.directory / "slapd.conf").write_text(dedent(_CONFIGURATION).format(**about).replace("    ", ""))
        self._fill(dedent(_ENTRIES).format(port=self.port) + "\n" + "".join(people))

    def _fill(self, entries: str) -> None:
        path = self.directory / "entries.ldif"
        path.write_text(entries)
        done = subprocess.run([self.program, "-T", "add", "-f", str(self.directory / "slapd.conf"), "-l", str(path)],
                              capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    def command(self) -> list[str]:
        addresses = f"{self.ldap} {self.ldaps}" if self.tls else self.ldap
        return [self.program, "-d", "0", "-h", addresses, "-f", str(self.directory / "slapd.conf")]

    def ready(self) -> bool:
        return listens(self.port) and (not self.tls or listens(self.secure_port))

    def freeze(self) -> None:
        """It takes connections and answers nothing."""
        self.send(signal.SIGSTOP)

    def thaw(self) -> None:
        self.send(signal.SIGCONT)

    def changes(self, ldif: str) -> None:
        """Change entries as whoever administers the directory."""
        around = {"LDAPTLS_CACERT": str(self.directory / "ca.pem")}
        done = subprocess.run([program("ldapmodify"), "-H", self.ldaps, "-D", "cn=root,dc=example,dc=org", "-w", "root"],
                              input=ldif, env=around, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    def settings(self, **other: Any) -> dict[str, Any]:
        """What a source is set to that asks this directory by a search; None takes a setting away."""
        told = {"subject": "entryUUID", "name": "cn", "email": "mail", "phone": "mobile", "username": "uid"}
        usual = {"servers": [self.ldaps], "starttls": False, "ca": self.ca, "base_dn": PEOPLE, "filter": "(uid={identifier})",
                 "bind_dn": SEARCHER, "attributes": told}
        return {name: value for name, value in (usual | other).items() if value is not None}


class Silence:
    """A server that takes connections and never says a word."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=50)
        self.port = self.listener.getsockname()[1]
        self.taken: list[socket.socket] = []
        threading.Thread(target=self._take, daemon=True).start()

    def _take(self) -> None:
        try:
            while True:
                self.taken.append(self.listener.accept()[0])
        except OSError:
            return

    def end(self) -> None:
        self.listener.close()
        for each in self.taken:
            each.close()


class Hostile:
    """A server with a good certificate, `ca`, that does `misdeed` to each connection: over TLS, or before it with `plain`."""

    def __init__(self, folder: Path, misdeed: Callable[[socket.socket], None], *, plain: bool = False) -> None:
        self.context = own_certificate(folder / "ca.pem")
        self.ca = (folder / "ca.pem").read_text()
        self.misdeed, self.plain = misdeed, plain
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"{'ldap' if plain else 'ldaps'}://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=self._meet, args=(self.listener.accept()[0],), daemon=True).start()

    def _meet(self, connection: socket.socket) -> None:
        with suppress(OSError):
            self.misdeed(connection if self.plain else self.context.wrap_socket(connection, server_side=True))
            connection.close()

    def end(self) -> None:
        self.listener.close()
