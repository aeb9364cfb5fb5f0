"""What does a form do that waits for a proof, in the reader's language?"""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

DEEDS = {
    "user_new.create": _l("Create User"),
    "users_bulk.perform": _l("Change users"),
    "settings.save": _l("Multi-factor authentication"),
}
"""The title of the page that each view marked `lately` belongs to: a test holds that none is missing."""


def deed(endpoint: str) -> str:
    """What the form of that endpoint is about."""
    return str(DEEDS[endpoint]) if endpoint in DEEDS else _("your change")
