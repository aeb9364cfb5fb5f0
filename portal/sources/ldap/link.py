"""How is a directory spoken with? LDAPv3 over TLS that is verified, without following anybody elsewhere, and never for long."""

from __future__ import annotations

from math import ceil
from typing import Any

import ldap
from ldap.controls.ppolicy import PasswordPolicyControl

from portal.sources.faults import Fault, SourceFault
from portal.sources.ldap import errors, wire
from portal.sources.ldap.entry import Entry
from portal.sources.ldap.question import Deadline

_NOWHERE = "ldapi://%2Fnowhere"
_TWO = 2
_EVERYTHING = "(objectClass=*)"


class Link:
    """A connection to one server. Everything it does ends with its deadline and raises ldap.LDAPError or SourceFault."""

    def __init__(self, server: str, settings: dict[str, Any], deadline: Deadline) -> None:
        self.server, self.settings, self.deadline = server, settings, deadline
        self.connection: Any = None

    def open(self) -> None:
        """Begin to talk, over TLS from the first word that matters. Raises SourceFault."""
        begin_tls = bool(self.settings.get("starttls"))
        ours = wire.tunnel(self.server, self.settings.get("ca"), begin_tls=begin_tls, deadline=self.deadline)
        # Were libldap to connect by itself after a loss, it would find nobody at this address.
        self.connection = ldap.initialize(_NOWHERE, fileno=ours.detach())
        for option, value in _OPTIONS.items():
            self.connection.set_option(option, value)

    def _bound_by_time(self) -> float:
        """Give the next call what is left of the time; the seconds."""
        left = self.deadline.left()
        self.connection.set_option(ldap.OPT_NETWORK_TIMEOUT, left)
        self.connection.set_option(ldap.OPT_TIMEOUT, left)
        self.connection.timeout = left
        return left

    def bind_to_search(self, dn: str, secret: str | None) -> None:
        """Bind as the search account. Raises SourceFault if it is refused: that is not the person's fault."""
        if not secret:
            raise SourceFault(Fault.SETTINGS, "the search account has no password")
        self._bound_by_time()
        try:
            self.connection.simple_bind_s(dn, secret)
        except errors.REFUSALS as error:
            raise SourceFault(Fault.REFUSED_US, f"search account: {errors.said(error)}") from None

    def refusal(self, dn: str, password: str) -> str | None:
        """Bind as a person: None when the directory lets them in, or in what state it says they are."""
        self._bound_by_time()
        try:
            answer = self.connection.simple_bind_s(dn, password, serverctrls=[PasswordPolicyControl()])
        except errors.REFUSALS as error:
            return errors.state_of(error)
        # A password that must be changed, or has run out, is good for changing it and for nothing else.
        return next((errors.POLICY.get(told.error, "password policy") for told in answer[3]
                     if isinstance(told, PasswordPolicyControl) and told.error is not None), None)

    def search(self, base: str, filter_text: str, attributes: list[str]) -> list[Entry]:
        """The entries below a base that a filter finds, two at most."""
        return self._search(base, ldap.SCOPE_SUBTREE, filter_text, attributes)

    def read(self, dn: str, attributes: list[str]) -> list[Entry]:
        """The entry of that name, as whoever is bound may see it; none if it cannot be seen."""
        try:
            return self._search(dn, ldap.SCOPE_BASE, _EVERYTHING, attributes)
        except ldap.NO_SUCH_OBJECT:
            return []

    def _search(self, base: str, scope: int, filter_text: str, attributes: list[str]) -> list[Entry]:
        left = self._bound_by_time()
        number = self.connection.search_ext(base, scope, filter_text, attributes, timeout=ceil(left), sizelimit=_TWO)
        found: list[Entry] = []
        try:
            while len(found) < _TWO:
                kind, data = self.connection.result(number, all=0, timeout=self.deadline.left())
                # Where the directory would send us elsewhere there is no name: we go nowhere else.
                found += [_entry(dn, values) for dn, values in data if dn and kind == ldap.RES_SEARCH_ENTRY]
                if kind == ldap.RES_SEARCH_RESULT:
                    break
        except ldap.SIZELIMIT_EXCEEDED:
            # More than we asked for: several are meant in any case.
            return found * _TWO if len(found) == 1 else found
        return found

    def close(self) -> None:
        """Hang up."""
        if self.connection is not None:
            try:
                self.connection.unbind_ext_s()
            except ldap.LDAPError:
                return


def _entry(dn: str, values: dict[str, list[bytes]]) -> Entry:
    return Entry(dn, {name.lower(): held for name, held in values.items()})


_OPTIONS = {
    ldap.OPT_PROTOCOL_VERSION: ldap.VERSION3,
    ldap.OPT_REFERRALS: ldap.OPT_OFF,
    ldap.OPT_DEREF: ldap.DEREF_NEVER,
}
