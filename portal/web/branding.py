"""How do the pages outside the door show the application through which somebody comes?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import url_for

from portal.applications.brand import Brand


@dataclass(frozen=True)
class Looks:
    """Where an application's logo and the stylesheet with its colour are; None for what it has not."""

    logo_url: str | None
    accent_url: str | None


def branding(brand: Brand | None) -> dict[str, Any]:
    """What the entrance layout needs of the application; nothing for the portal itself."""
    return {"brand": brand.name, "looks": looks(brand)} if brand else {}


def looks(brand: Brand) -> Looks:
    """The addresses change with what is behind them, so that it may be kept for ever."""
    named: dict[str, Any] = {"client_id": brand.client_id, "v": brand.version}
    return Looks(
        logo_url=url_for("application_looks.logo", **named) if brand.has_logo else None,
        accent_url=url_for("application_looks.accent", **named) if brand.colour else None)
