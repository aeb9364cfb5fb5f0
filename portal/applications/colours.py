"""Can this colour be an application's accent, and which shades of it does each theme need? PURE.

Contrast as WCAG 2.2 defines it (relative luminance, 1.4.3). What is known here of the base theme stands in tokens.css.
"""

from __future__ import annotations

import colorsys
import re
from dataclasses import dataclass

CARD, DARK_CARD, INK, WHITE = "#ffffff", "#1a1e24", "#171b21", "#ffffff"
PORTAL_ACCENT = "#2450b8"
"""The portal's own accent: an application that asks for it has none of its own."""
ENOUGH, ENOUGH_IN_THE_DARK = 4.5, 7.0
_HEX = re.compile(r"^#[0-9a-f]{6}$")
_OVER, _DARK_OVER, _TINT, _DARK_TINT = 0.2, 0.35, 0.08, 0.18
_STEP = 0.005

Channels = tuple[float, float, float]


@dataclass(frozen=True)
class Shades:
    """What one theme needs of a colour: for links and buttons, under the pointer, for words on it, as a faint ground."""

    accent: str
    over: str
    on: str
    tint: str


@dataclass(frozen=True)
class Accent:
    """An accent's shades in both themes."""

    light: Shades
    dark: Shades


def read(typed: str) -> str | None:
    """The colour as `#rrggbb`; None if it is none."""
    colour = typed.strip().lower()
    return colour if _HEX.match(colour) else None


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def shown_contrast(colour: str) -> float:
    """The lower of its contrasts on the card and under the words on it, cut after one digit: never said to be more than it is."""
    return int(min(contrast(colour, CARD), contrast(colour, _on(colour))) * 10) / 10


def fits(colour: str) -> bool:
    """Whether it can be read on the card, and words on it."""
    return min(contrast(colour, CARD), contrast(colour, _on(colour))) >= ENOUGH


def accent(colour: str) -> Accent:
    """The shades of a colour that fits. The dark theme's is the same hue, lightened until it can be read there."""
    dark = _lightened(colour)
    return Accent(
        light=Shades(colour, _mixed(colour, "#000000", _OVER), _on(colour), _mixed(CARD, colour, _TINT)),
        dark=Shades(dark, _mixed(dark, WHITE, _DARK_OVER), _on(dark), _mixed(DARK_CARD, dark, _DARK_TINT)),
    )


def _on(colour: str) -> str:
    return max((WHITE, INK), key=lambda words: contrast(colour, words))


def _lightened(colour: str) -> str:
    hue, lightness, saturation = colorsys.rgb_to_hls(*_channels(colour))
    while contrast(colour, DARK_CARD) < ENOUGH_IN_THE_DARK:
        lightness = min(1.0, lightness + _STEP)
        colour = _hex(colorsys.hls_to_rgb(hue, lightness, saturation))
    return colour


def _mixed(one: str, other: str, share: float) -> str:
    """`one` with that share of `other` in it."""
    red, green, blue = (a + (b - a) * share for a, b in zip(_channels(one), _channels(other), strict=True))
    return _hex((red, green, blue))


def _luminance(colour: str) -> float:
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in _channels(colour))  # noqa: PLR2004
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _channels(colour: str) -> Channels:
    red, green, blue = (int(colour[at:at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _hex(channels: Channels) -> str:
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in channels)
