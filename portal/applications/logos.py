"""Which picture becomes an application's logo? It is drawn anew, small, so that nothing of the file itself is kept."""

from __future__ import annotations

from enum import StrEnum
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_BYTES = 1_000_000
"""Of the file as it is sent."""
MOST_PIXELS = 2048 * 2048
"""Once decoded: a small file can hold a picture that fills the memory (decompression bomb)."""
SIDE = 128
SMALL = 24_000
"""Bytes of the logo that is kept, at most."""
_KINDS = ("PNG", "JPEG", "WEBP", "GIF")
_COLOURS = 256


class LogoFault(StrEnum):
    """Why a file cannot be a logo."""

    TOO_LARGE = "a logo file has at most 1 MB"
    TOO_MANY_PIXELS = "a logo has at most 2048 × 2048 pixels"
    DRAWING = "an SVG drawing is a program for the browser"
    NO_PICTURE = "that is no whole PNG, JPEG, WebP or GIF picture"


class LogoRefused(Exception):
    """The file cannot be a logo; `fault` says why."""

    def __init__(self, fault: LogoFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


def redrawn(file: bytes) -> bytes:
    """The picture in a file as a square PNG of at most SIDE × SIDE pixels and SMALL bytes. Raises LogoRefused."""
    if len(file) > MOST_BYTES:
        raise LogoRefused(LogoFault.TOO_LARGE)
    if b"<svg" in file[:4096].lower():
        raise LogoRefused(LogoFault.DRAWING)
    try:
        return _png(_small(file))
    except LogoRefused:
        raise
    except Exception as fault:
        # A decoder that reads what strangers made fails in any way it likes.
        bomb = type(fault).__name__ == "DecompressionBombError"
        raise LogoRefused(LogoFault.TOO_MANY_PIXELS if bomb else LogoFault.NO_PICTURE) from None


def _small(file: bytes) -> Image:
    from PIL import Image, ImageOps

    with Image.open(BytesIO(file), formats=_KINDS) as picture:
        # The head of the file is all that has been read so far.
        if picture.width * picture.height > MOST_PIXELS:
            raise LogoRefused(LogoFault.TOO_MANY_PIXELS)
        picture.draft("RGB", (2 * SIDE, 2 * SIDE))
        upright = ImageOps.exif_transpose(picture).convert("RGBA")
    upright.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    # Copied into an empty one: colour profiles, comments and places of photographs stay behind. A square stands anywhere.
    width, height = upright.size
    side = max(width, height)
    bare = Image.new("RGBA", (side, side))
    bare.paste(upright, ((side - width) // 2, (side - height) // 2))
    return bare


def _png(picture: Image) -> bytes:
    from PIL import Image

    whole = _written(picture)
    # Each pixel is one byte then, which keeps even noise under the bound.
    return whole if len(whole) <= SMALL else _written(picture.quantize(_COLOURS, method=Image.Quantize.FASTOCTREE))


def _written(picture: Image) -> bytes:
    file = BytesIO()
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()
