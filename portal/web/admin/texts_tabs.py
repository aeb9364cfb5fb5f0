"""Which parts has *Settings › Text messages*? One list for the head of each of its pages."""

from __future__ import annotations

from flask_babel import gettext as _

from portal.web.tabs import Tab, tabs

GATEWAYS, RULES, PROTECTION = "texts.show", "texts_rules.show", "texts_protection.show"
WORDING, ALARMS = "texts_wording.show", "texts_alarms.show"
"""Its pages, by their endpoints: which of them is the present one is said to `parts`."""


def parts(current: str) -> tuple[Tab, ...]:
    """The tabs above the page `current`, for the component `texts_head`; a page that does not exist has none."""
    return tabs({GATEWAYS: _("Gateways"), RULES: _("Rules"), PROTECTION: _("Protection"), WORDING: _("Wording"),
                 ALARMS: _("Alarms")}, current)
