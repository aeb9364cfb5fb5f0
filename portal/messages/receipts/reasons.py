"""Why did a message not arrive, in one word for the record? By the numbers that Vonage gives its errors. PURE."""

from __future__ import annotations

NUMBER, NUMBER_BARRED, BLOCKED, STOPPED = "number", "number barred", "blocked", "stopped"
ROUTE, ABSENT, SPAM, EXPIRED, FRAUD = "route", "absent", "spam", "expired", "fraud"
CREDIT, THROTTLED, SENDER, ACCOUNT_BARRED, DEMO = "credit", "throttled", "sender", "barred", "demo"
NOT_DELIVERED = "not delivered"
"""What is not said, or has no word here."""
BUSY, NO_ANSWER, DECLINED, MACHINE = "busy", "no answer", "declined", "machine"
"""Those of calls. MACHINE: what answered was taken for a machine, and was told no code."""

OF_NUMBER = frozenset({NUMBER, NUMBER_BARRED, BLOCKED})
"""Those for which the number is to blame: the next message will not arrive either."""
BLAMELESS = OF_NUMBER | {
    STOPPED, ROUTE, ABSENT, SPAM, EXPIRED, FRAUD, NOT_DELIVERED, BUSY, NO_ANSWER, DECLINED, MACHINE}
"""Those of messages that failed although the gateway works."""

MESSAGES = {
    "1000": THROTTLED, "1040": ROUTE, "1050": NUMBER_BARRED, "1060": ACCOUNT_BARRED, "1070": CREDIT, "1080": ACCOUNT_BARRED,
    "1120": SENDER, "1140": ACCOUNT_BARRED, "1160": DEMO, "1170": NUMBER, "1180": ABSENT, "1190": ABSENT, "1210": SPAM,
    "1220": ABSENT, "1240": STOPPED, "1241": THROTTLED, "1250": ROUTE, "1251": ROUTE, "1260": ROUTE, "1280": BLOCKED,
    "1282": BLOCKED, "1310": NUMBER, "1360": EXPIRED, "1420": SENDER, "1430": NUMBER, "1460": THROTTLED, "1470": FRAUD,
    "1472": FRAUD, "1473": FRAUD, "1480": SENDER, "1481": SENDER, "1482": SENDER, "1483": SENDER,
}
"""By the title of an error in a status of the Messages API."""
TEXTS = {
    "2": ABSENT, "3": ABSENT, "4": NUMBER_BARRED, "6": SPAM, "7": ABSENT, "9": STOPPED, "11": ROUTE, "12": ROUTE, "14": BLOCKED,
}
"""By the `err-code` in a receipt of the SMS API."""
CALLS = {"busy": BUSY, "unanswered": NO_ANSWER, "timeout": NO_ANSWER, "rejected": DECLINED, "machine": MACHINE}
"""By the status of a call."""
