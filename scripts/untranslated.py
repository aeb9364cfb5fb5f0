"""Does a catalogue leave a sentence untranslated or only guessed at?"""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.pofile import read_po


def untranslated(path: Path) -> list[str]:
    """The sentences without a translation, and those whose translation is marked as a guess."""
    with path.open("rb") as file:
        catalogue = read_po(file)
    return [str(message.id) for message in catalogue if message.id and (message.fuzzy or not _complete(message.string))]


def _complete(translated: str | tuple[str, ...] | list[str] | None) -> bool:
    return all(translated) if isinstance(translated, tuple | list) else bool(translated)


if found := [f"{path}: {sentence!r} is not translated" for path in sys.argv[1:] for sentence in untranslated(Path(path))]:
    sys.exit("\n".join(found))
