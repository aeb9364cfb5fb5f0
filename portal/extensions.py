"""Which extensions does the portal use? One unbound instance each; `create_app` binds them."""

from __future__ import annotations

from typing import cast

from flask import current_app
from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import MetaData

from config import Settings
from portal.keys import KeyRing

metadata = MetaData(naming_convention={
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
})
db = SQLAlchemy(metadata=metadata)
login_manager = LoginManager()
csrf = CSRFProtect()
babel = Babel()
limiter = Limiter(key_func=get_remote_address)


def settings() -> Settings:
    """The settings of the running application."""
    running: Settings = current_app.config["PORTAL"]
    return running


def key_ring() -> KeyRing:
    """The keys of the running application."""
    return cast(KeyRing, current_app.config["PORTAL_KEYS"])
