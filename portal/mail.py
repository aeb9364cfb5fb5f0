"""How does the portal send mail? Of plain text, by the server that PORTAL_SMTP_URL names."""

from __future__ import annotations

import re
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid, parseaddr
from urllib.parse import parse_qs, unquote, urlsplit

from config import Settings
from portal import addresses
from portal.smtp import NotTaken, Reason, Server, hand_over
from portal.sockets import attempt

SECONDS = 10.0
LONGEST_ADDRESS = 254
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
_POLICY = SMTP.clone(max_line_length=990, cte_type="7bit")
"""Lines as long as mail allows (RFC 5322 section 2.1.1): plain letters then go as they are, as simple readers expect them."""
_SUBMISSION, _SUBMISSION_BY_TLS = 587, 465


class MailNotSent(Exception):
    """A mail was not sent. `sent_nothing`: that is certain; else it may have been, and nobody knows."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.sent_nothing = reason is not Reason.NO_ANSWER


def send(  # noqa: PLR0913 - what a mail consists of
    settings: Settings, to: str, subject: str, text: str, *, sender: str = "", seconds: float = SECONDS,
) -> str:
    """Hand one mail over, once, within `seconds`; its Message-ID. `sender`: an address instead of PORTAL_MAIL_FROM.

    Raises MailNotSent, with nothing behind it: what a server says may hold the text.
    """
    sender = sender or settings.portal_mail_from
    server, message = server_of(settings), _message(settings, to, subject, text, sender)
    attempt.begin(seconds)
    try:
        hand_over(server, our_name=settings.url_host, sender=parseaddr(sender)[1], to=to, content=message.as_bytes())
    except NotTaken as fault:
        reason = fault.reason
    else:
        return str(message["Message-ID"])
    raise MailNotSent(reason)


def is_address(address: str) -> bool:
    """Whether mail can go there: one address without a name, in letters that no server takes for the end of a command."""
    return len(address) <= LONGEST_ADDRESS and _ADDRESS.fullmatch(address) is not None and ".." not in address


def is_set_up(settings: Settings) -> bool:
    """Whether the portal can send mail at all."""
    return bool(settings.portal_smtp_url and settings.portal_mail_from)


def server_of(settings: Settings) -> Server:
    """The mail server. Raises MailNotSent if there is none."""
    parts = urlsplit(settings.portal_smtp_url)
    if not is_set_up(settings) or not parts.hostname:
        raise MailNotSent(Reason.NO_SERVER)
    implicit = parts.scheme == "smtps"
    return Server(
        host=parts.hostname, port=parts.port or (_SUBMISSION_BY_TLS if implicit else _SUBMISSION), implicit=implicit,
        user=unquote(parts.username or ""), password=unquote(parts.password or ""),
        ca_file=parse_qs(parts.query).get("ca", [""])[0], bare=not settings.production and addresses.is_loopback(parts))


def _message(settings: Settings, to: str, subject: str, text: str, sender: str) -> EmailMessage:
    """The mail. Its class refuses a header with a line break; an address is held against our own rule first."""
    message = EmailMessage(policy=_POLICY)
    try:
        if not is_address(to) or not is_address(parseaddr(sender)[1]):
            raise ValueError
        message["From"], message["To"], message["Subject"] = sender, to, subject
        message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain=settings.url_host)
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text)
    except ValueError:
        raise MailNotSent(Reason.MESSAGE) from None
    return message
