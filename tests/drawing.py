"""Pictures for tests: drawn, and looked at."""

from __future__ import annotations

import os
from io import BytesIO

from PIL import Image


def picture(width: int, height: int, kind: str = "PNG", *, colour: str | None = "#a11b12") -> bytes:
    """A picture of that size as a file; of noise, which nothing makes smaller, without a colour."""
    if colour is None:
        image = Image.frombytes("RGB", (width, height), os.urandom(width * height * 3))
    else:
        image = Image.new("RGB", (width, height), colour)
    file = BytesIO()
    image.save(file, kind)
    return file.getvalue()


def drawn(file: bytes) -> Image.Image:
    """The picture in a file, decoded in full."""
    image = Image.open(BytesIO(file))
    image.load()
    return image
