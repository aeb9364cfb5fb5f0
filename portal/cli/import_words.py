"""What does a terminal say of a file of users and of its rows?"""

from __future__ import annotations

from portal.imports.faults import Fault, FileFault, FileRefused, RowFault

_FILE = {
    FileFault.EMPTY: "there is nothing in it",
    FileFault.NO_ROWS: "there is no row below the first line",
    FileFault.NOT_TEXT: "that is no text; save the spreadsheet as CSV",
    FileFault.WRONG_ENCODING: "it cannot be read in that encoding",
    FileFault.NO_HEADER: "its first line must name the columns: username, email, phone, name, suspended",
    FileFault.COLUMN_TWICE: "two columns are",
    FileFault.QUOTES: "quotes do not close as they should, in the row that begins in line",
    FileFault.TOO_MANY_ROWS: "it has more than 200000 rows; split it",
    FileFault.TOO_LARGE: "it is larger than 20 MB; split it",
}
_ROW = {
    RowFault.USERNAME: "a username has 2 to 64 characters, a letter, no @ and no leading +",
    RowFault.EMAIL: "that is not an email address",
    RowFault.PHONE: "that is not a whole phone number; write it as +49…",
    RowFault.NAME: "a name has at most 200 characters",
    RowFault.SUSPENDED: "suspended is yes or no",
    RowFault.NO_IDENTIFIER: "there is no username, email or phone",
    RowFault.UNPRINTABLE: "there are control characters or line breaks in it",
    RowFault.TOO_MANY_CELLS: "it has more cells than the first line",
    RowFault.SAME_USERNAME: "the same username stands in line",
    RowFault.SAME_EMAIL: "the same email stands in line",
    RowFault.SAME_PHONE: "the same phone stands in line",
    RowFault.SAME_USER: "the same user is meant in line",
    RowFault.TWO_USERS: "it names several users at once:",
    RowFault.HAS_ROLE: "whoever has a role in the console is not suspended or resumed by an import",
    RowFault.OVERTAKEN: "the user was changed, or the identifier was taken, since the check",
}


def refused(why: FileRefused) -> str:
    """Why a file cannot be read at all."""
    where = f" {why.what}" if why.what else f" {why.line}" if why.fault is FileFault.QUOTES else ""
    return _FILE[why.fault] + where


def fault(found: Fault) -> str:
    """What is wrong with a row."""
    others = ", ".join(f"#{other}" if found.kind is RowFault.TWO_USERS else str(other) for other in found.others)
    return f"{_ROW[found.kind]} {others}".strip()
