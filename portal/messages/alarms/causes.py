"""Why does a gateway take no messages, and what helps? In English, for whoever is woken; the console has words of its own."""

from __future__ import annotations

from collections.abc import Mapping

from portal.messages.reasons import Reason, status_in

_CAUSES: Mapping[str, tuple[str, str]] = {
    Reason.CREDENTIALS: ("it does not know our credentials", "Enter its credentials once more, as its provider shows them."),
    Reason.CREDENTIALS_LOST: (
        "its credentials cannot be read, for PORTAL_SECRET has changed", "Enter its credentials once more."),
    Reason.CREDIT: ("its credit is used up", "Top the account up with the provider."),
    Reason.ACCOUNT_BARRED: ("the provider has barred the account", "Ask the provider."),
    Reason.HOST: ("it has no such address", "Check its host or address."),
    Reason.UNREACHABLE: ("it cannot be reached", "See whether this machine reaches its host, then the provider's status page."),
    Reason.CERTIFICATE: ("its certificate is not trusted", "Check its host, and who in between looks into TLS."),
    Reason.REDIRECT: ("it sends us elsewhere", "Enter the address at which it really answers."),
    Reason.ADDRESS: ("its address leads into the portal's own surroundings", "Enter the provider's address."),
    Reason.TIME_OUT: (
        "it does not answer in time", "See the provider's status page. Texts may have gone out: none is sent twice."),
    Reason.UNREADABLE: ("its answers cannot be read", "See the provider's status page. Texts may have gone out."),
    Reason.GATEWAY: ("it has a fault of its own", "See the provider's status page."),
    Reason.SETTINGS: ("its settings cannot be used", "Open and save it: what is wrong is said beside its field."),
    Reason.NO_SERVER: ("the portal has no mail server", "Set PORTAL_SMTP_URL and PORTAL_MAIL_FROM."),
    Reason.NO_TLS: ("the mail server does not speak TLS", "Use a server that offers STARTTLS, or smtps://."),
    Reason.REFUSED: ("the mail server refuses its mail", "See that server's log."),
    Reason.THROTTLED: ("it asks us to wait", "Let fewer messages a second go by it, or ask the provider for more."),
    Reason.NO_GATEWAY: ("none is on for these numbers", "Turn one on, or see what the rules say about these numbers."),
}


def cause(reason: str) -> str:
    """What is wrong with it, behind its name; a reason without words as it is."""
    if status_in(reason):
        return f"it answers with the {reason}"
    return _CAUSES[reason][0] if reason in _CAUSES else reason


def remedy(reason: str) -> str:
    """What helps; empty where nobody can tell."""
    if status_in(reason):
        return "See the provider's status page, then its own log of our requests."
    return _CAUSES[reason][1] if reason in _CAUSES else ""
