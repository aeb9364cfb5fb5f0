"""How does one server of a directory answer? By a search or a template for the entry, and a bind with its password."""

from __future__ import annotations

import logging
from collections.abc import Callable

import ldap
from ldap.dn import escape_dn_chars, is_dn
from ldap.filter import escape_filter_chars
from pyasn1.error import PyAsn1Error

from portal.keys import new_token
from portal.sources.claims import Claimed
from portal.sources.faults import Fault, SourceFault
from portal.sources.ldap import entry, errors
from portal.sources.ldap.entry import Entry
from portal.sources.ldap.link import Link
from portal.sources.ldap.question import Deadline, Question
from portal.sources.wanted import IDENTIFIER

log = logging.getLogger(__name__)


def ask(server: str, question: Question, deadline: Deadline) -> Claimed | None:
    """Whom this server names; None if nobody, whatever the cause. Raises SourceFault when it cannot tell."""
    link = Link(server, question.source.settings, deadline)
    way: Callable[[Link, Question], Entry | None] = _by_template if question.source.settings.get("user_dn") else _by_search
    try:
        link.open()
        question.steps.add(f"{server}: TLS")
        hit = way(link, question)
    except ldap.LDAPError as error:
        raise errors.fault_of(error) from None
    except (PyAsn1Error, ValueError) as error:
        raise SourceFault(Fault.UNREADABLE, type(error).__name__) from None
    finally:
        link.close()
    return _claimed(question, hit) if hit else None


def _by_template(link: Link, question: Question) -> Entry | None:
    """The DN follows from what was typed; the person reads their own entry."""
    template = question.source.settings["user_dn"]
    if not is_dn(template.replace(IDENTIFIER, "x")):
        raise SourceFault(Fault.SETTINGS, "the DN of everybody is no DN")
    dn = template.replace(IDENTIFIER, escape_dn_chars(question.identifier))
    if not (question.may_try(dn) and _is_bound(link, question, dn)):
        return None
    hits = link.read(dn, entry.wanted(question.source.settings))
    question.steps.add("the person's own entry", ok=len(hits) == 1)
    return hits[0] if len(hits) == 1 else None


def _by_search(link: Link, question: Question) -> Entry | None:
    """The search account, or nobody in particular, finds the one entry that is meant; the person is who can bind as it."""
    settings = question.source.settings
    if settings.get("bind_dn"):
        link.bind_to_search(settings["bind_dn"], question.secret)
        question.steps.add("search account")
    asked = settings["filter"].replace(IDENTIFIER, escape_filter_chars(question.identifier))
    meant = _only(question, link.search(settings["base_dn"], asked, entry.wanted(settings)))
    if meant is None or not question.may_try(meant.dn):
        # A bind is refused all the same: its time must not tell whether there is such an entry.
        _is_bound(link, question, _nobody(settings["base_dn"]))
        return None
    return meant if _is_bound(link, question, meant.dn) else None


def _only(question: Question, hits: list[Entry]) -> Entry | None:
    """The one entry that was found."""
    if len(hits) > 1:
        log.warning("directory: several entries for one identifier", extra={"facts": {"source": question.source.key}})
    detail = hits[0].dn if len(hits) == 1 else "several entries" if hits else "no entry"
    question.steps.add("search", ok=len(hits) == 1, detail=detail)
    return hits[0] if len(hits) == 1 else None


def _is_bound(link: Link, question: Question, dn: str) -> bool:
    """Whether the password is that of the entry, and the directory says nothing against coming in with it."""
    refused = link.refusal(dn, question.password)
    question.steps.add("password", ok=refused is None, detail=refused or "")
    return refused is None


def _nobody(base_dn: str) -> str:
    """An entry that is not there."""
    return f"cn={new_token()},{base_dn}"


def _claimed(question: Question, hit: Entry) -> Claimed | None:
    claimed = entry.claimed(question.source, hit, question.identifier)
    attribute = entry.attributes(question.source.settings)["subject"]
    question.steps.add("subject", ok=claimed is not None, detail=attribute)
    if claimed is None:
        log.warning("directory: an entry without its subject", extra={"facts": {"source": question.source.key}})
    return claimed
