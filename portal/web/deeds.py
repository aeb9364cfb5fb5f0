"""What does a form do that waits for a proof, in the reader's language?"""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

DEEDS = {
    "user_new.create": _l("Create User"),
    "user_phone.bind": _l("Bind mobile phone number"),
    "user_phone.remove": _l("Remove the number"),
    "user_care.reset": _l("Reset MFA"),
    "user_care.give_role": _l("Role in the console"),
    "user_bypass.give": _l("One-time bypass"),
    "user_secret.link": _l("One-time link for a password"),
    "user_secret.password": _l("Generate a password"),
    "user_delete.delete": _l("Delete user"),
    "users_import_one.apply": _l("Import users"),
    "users_bulk.perform": _l("Change users"),
    "account_sources.link": _l("Your identity sources"),
    "account_sources.link_arrived": _l("Your identity sources"),
    "account_sources.unlink": _l("Your identity sources"),
    "settings.save": _l("Multi-factor authentication"),
    "application.delete": _l("Delete application"),
    "texts_wording.save": _l("Words of the text message"),
    "texts_wording.restore": _l("Words of the text message"),
    "application_security.customise": _l("Advanced configuration"),
    "application_security.save": _l("Security management"),
    "application_security.offer": _l("Identity sources"),
    "sources.move": _l("Identity sources"),
    "source_new.create": _l("Add identity source"),
    "source.change": _l("Identity source"),
    "source.enable": _l("Identity source"),
    "source.prefer": _l("Identity source"),
    "source.trust": _l("Identity source"),
    "source_delete.delete": _l("Delete identity source"),
    "texts_protection.close": _l("Protection against toll fraud"),
    "texts_protection_open.reopen": _l("Protection against toll fraud"),
    "texts_protection_rules.save": _l("Rules against toll fraud"),
    "texts.move": _l("Text messages"),
    "texts_alarms.test": _l("Send a test alarm"),
    "texts_gateway_new.create": _l("Add gateway"),
    "texts_gateway.change": _l("Gateway"),
    "texts_gateway.enable": _l("Gateway"),
    "texts_gateway_delete.delete": _l("Delete gateway"),
    "texts_gateway_test.send": _l("Send a test message"),
    "texts_rule.create": _l("Add rule"),
    "texts_rule.change": _l("Rule for gateways"),
    "texts_rule.delete": _l("Delete rule"),
    "user_identities.remove": _l("Remove identity"),
    "user_texts.allow": _l("Allow text messages again"),
}
"""The title of the page that each view marked `lately` belongs to: a test holds that none is missing."""


def deed(endpoint: str) -> str:
    """What the form of that endpoint is about."""
    return str(DEEDS[endpoint]) if endpoint in DEEDS else _("your change")
