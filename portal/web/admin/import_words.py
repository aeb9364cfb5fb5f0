"""What is said of a file of users, of its rows and of how far its import has come, in the reader's language?"""

from __future__ import annotations

from typing import Any

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.imports import encodings, faults
from portal.imports.faults import Fault, FileFault, FileRefused, RowFault
from portal.imports.records import COMMA, MOST_ROWS, SEMICOLON, TAB
from portal.models import ImportState
from portal.web import user_faults
from portal.web.phrases import Notice
from portal.web.tags import Tag

SEPARATORS = {COMMA: _l("Comma"), SEMICOLON: _l("Semicolon"), TAB: _l("Tab")}
ENCODINGS = {
    encodings.UTF8: _l("UTF-8"), encodings.UTF16: _l("UTF-16"), encodings.WINDOWS: _l("Western European (Windows-1252)"),
    encodings.CHINESE: _l("Chinese (GB18030)"),
}
_STATES = {
    ImportState.ASKING: ("wait", _l("Needs an answer")), ImportState.CHECKING: ("info", _l("Being checked")),
    ImportState.CHECKED: ("wait", _l("Waits for you")), ImportState.APPLYING: ("info", _l("Being imported")),
    ImportState.DONE: ("good", _l("Imported")), ImportState.FAILED: ("bad", _l("Not imported")),
    ImportState.GIVEN_UP: ("bad", _l("Given up")), ImportState.DISCARDED: ("off", _l("Discarded")),
}


def state_tag(found: Any) -> Tag:
    """Where an import stands, in a word or two."""
    kind, words = _STATES[found.state]
    return Tag(kind, str(words))


def file_fault(refused: FileRefused) -> str:
    """Why a file cannot be read at all."""
    said = {
        FileFault.EMPTY: _("There is nothing in that file."),
        FileFault.NO_ROWS: _("There is no row below the first line of that file."),
        FileFault.NOT_TEXT: _("That file is no text. Save your table as CSV, and choose that."),
        FileFault.WRONG_ENCODING: _("The file can’t be read in that encoding. Choose another one."),
        FileFault.NO_HEADER: _("The first line must name the columns, among them username, email or phone."),
        FileFault.COLUMN_TWICE: _("Two columns are named %(name)s. Remove one of them.", name=refused.what),
        FileFault.QUOTES: _("The quotes in the row that begins in line %(line)s don’t close as they should.",
                            line=refused.line),
        FileFault.TOO_MANY_ROWS: _("The file has more than %(count)s rows. Split it.", count=format_decimal(MOST_ROWS)),
        FileFault.TOO_LARGE: too_large(),
    }
    return said[refused.fault]


def too_large() -> str:
    """The file is longer than any that is taken."""
    return _("The file is larger than 20 MB. Split it, or leave out columns that aren’t imported.")


def row_faults(kept: str) -> list[str]:
    """What is wrong with a row, a sentence for each fault that it keeps."""
    return [_fault(fault) for fault in faults.read(kept)]


def _fault(fault: Fault) -> str:
    others = ", ".join(f"#{other}" if fault.kind is RowFault.TWO_USERS else str(other) for other in fault.others)
    said = {
        RowFault.USERNAME: user_faults.username_fault(),
        RowFault.EMAIL: user_faults.email_fault(),
        RowFault.PHONE: _("That isn’t a whole phone number. Write it with its country code, such as +49 151 12345678."),
        RowFault.NAME: user_faults.name_fault(),
        RowFault.SUSPENDED: _("Suspended is yes or no."),
        RowFault.NO_IDENTIFIER: _("There is no username, email or phone in this row."),
        RowFault.UNPRINTABLE: _("There are line breaks or characters in it that can’t be seen."),
        RowFault.TOO_MANY_CELLS: _("The row has more cells than the first line."),
        RowFault.SAME_USERNAME: _("The same username stands in line %(line)s.", line=others),
        RowFault.SAME_EMAIL: _("The same email stands in line %(line)s.", line=others),
        RowFault.SAME_PHONE: _("The same phone number stands in line %(line)s.", line=others),
        RowFault.SAME_USER: _("Line %(line)s means the same user by something else.", line=others),
        RowFault.TWO_USERS: _("Its username, email and phone belong to different users: %(users)s.", users=others),
        RowFault.HAS_ROLE: _("Whoever has a role in the console is not suspended or resumed by an import."),
        RowFault.OVERTAKEN: _("Since the check, that user was changed, or somebody else got that username, email or phone."),
    }
    return said[fault.kind]


def counts(found: Any) -> dict[str, str]:
    """How many rows there are of each kind, as people write numbers."""
    counted = {name: getattr(found, name) for name in ("rows", "creates", "updates", "unchanged", "faulty")}
    return {name: format_decimal(count) for name, count in (counted | {"writable": found.creates + found.updates}).items()}


def notice(found: Any) -> Notice | None:
    """How an import ended, or what it waits for."""
    match found.state:
        case ImportState.CHECKED if found.rows and found.faulty == found.rows:
            return Notice("bad", _("Every row of this file is faulty."))
        case ImportState.CHECKED if not found.creates + found.updates:
            return Notice("care", _("No row of this file would change anything."))
        case ImportState.CHECKED:
            return Notice("info", _("The file is checked. Nothing is imported yet."))
        case ImportState.DONE:
            return Notice("good", _done(found))
        case ImportState.FAILED:
            return Notice("bad", _("Nothing was imported: other changes came in between since the check. Check the file again."))
        case ImportState.GIVEN_UP:
            return Notice("bad", _("The work on this file broke off again and again. Tell whoever runs the portal; "
                                   "what was imported before stays."))
        case ImportState.DISCARDED:
            return Notice("info", _("This file was discarded. Nothing of it was imported."))
    return None


def _done(found: Any) -> str:
    created = ngettext("%(count)s user created", "%(count)s users created", found.creates, count=format_decimal(found.creates))
    return _("Imported: %(created)s, %(updated)s updated.", created=created, updated=format_decimal(found.updates))


def progress(found: Any) -> tuple[str, int | None]:
    """How far the work is, in words and in percent; None where it is done in one go."""
    if found.state is ImportState.CHECKING:
        done = (found.read + found.matched) // 2
        said = _("Checked %(done)s of %(rows)s rows", done=format_decimal(done), rows=format_decimal(found.rows))
        return said, _of(done, found)
    if not found.valid_only:
        return _("Importing all rows in one go, or none"), None
    said = _("Imported %(done)s of %(rows)s rows", done=format_decimal(found.applied), rows=format_decimal(found.rows))
    return said, _of(found.applied, found)


def _of(done: int, found: Any) -> int:
    return int(100 * done / max(found.rows, 1))
