"""By which of our reasons does a record tell each error that Vonage has a number or a word for? PURE."""

from __future__ import annotations

from portal.messages.reasons import Reason

MESSAGES = {
    "1000": Reason.THROTTLED, "1040": Reason.ROUTE, "1050": Reason.NUMBER_BARRED, "1060": Reason.ACCOUNT_BARRED,
    "1070": Reason.CREDIT, "1080": Reason.ACCOUNT_BARRED, "1120": Reason.SENDER, "1140": Reason.ACCOUNT_BARRED,
    "1160": Reason.DEMO, "1170": Reason.NUMBER, "1180": Reason.ABSENT, "1190": Reason.ABSENT, "1210": Reason.SPAM,
    "1220": Reason.ABSENT, "1240": Reason.STOPPED, "1241": Reason.THROTTLED, "1250": Reason.ROUTE, "1251": Reason.ROUTE,
    "1260": Reason.ROUTE, "1280": Reason.BLOCKED, "1282": Reason.BLOCKED, "1310": Reason.NUMBER, "1360": Reason.EXPIRED,
    "1420": Reason.SENDER, "1430": Reason.NUMBER, "1460": Reason.THROTTLED, "1470": Reason.FRAUD, "1472": Reason.FRAUD,
    "1473": Reason.FRAUD, "1480": Reason.SENDER, "1481": Reason.SENDER, "1482": Reason.SENDER, "1483": Reason.SENDER,
}
"""By the title of an error in a status of the Messages API."""
TEXTS = {
    "2": Reason.ABSENT, "3": Reason.ABSENT, "4": Reason.NUMBER_BARRED, "6": Reason.SPAM, "7": Reason.ABSENT,
    "9": Reason.STOPPED, "11": Reason.ROUTE, "12": Reason.ROUTE, "14": Reason.BLOCKED,
}
"""By the `err-code` in a receipt of the SMS API."""
CALLS = {
    "busy": Reason.BUSY, "unanswered": Reason.NO_ANSWER, "timeout": Reason.NO_ANSWER, "rejected": Reason.DECLINED,
    "machine": Reason.MACHINE,
}
"""By the status of a call."""
