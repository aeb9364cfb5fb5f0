"""Is somebody left in peace who answered STOP, and nobody who did not?"""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from flask import Flask

from portal.messages import opt_outs
from portal.messages.opt_outs import Wish
from portal.messages.outbox import claim
from portal.trace import COMMAND, COMMAND_ACTOR
from tests.conftest import PASSWORD
from tests.gateway import KEY
from tests.handed import sent
from tests.hooks import INBOUND, STATUS, VONAGE, answered, hook, parameters, signed_parameters, status
from tests.letters import PHONE, write
from tests.people import OTHER_PHONE, MakeUser, MakeVisitor, does, events, rows

pytestmark = pytest.mark.settings(**VONAGE)
SAID = [("STOP", [PHONE]), ("STOP", [PHONE]), ("Who?", [PHONE]), ("START", []), ("START", []),
        ("退订", [PHONE])]
"""What is answered one after the other, and who is stopped then."""
STOPS = ["STOP", "stop", " Stop. ", "Stop texting me", "STOPALL", "stop all", "Unsubscribe", "CANCEL", "end", "QUIT!", "停止",
         "退订", "退訂", "取消", "TD", "Ｓｔｏｐ", "“STOP”"]
STARTS = ["START", "unstop", "Yes", "开始", "恢复"]
NEITHERS = ["", " ", "Who is this?", "End of the month is fine", "yes I got it", "please stop", "stopped",
            "不停", "123456", "\0", "🛑"]


def stopped(app: Flask) -> list[str]:
    return [row.phone for row in rows(app, "SELECT phone FROM opt_out ORDER BY phone")]


def says(app: Flask, words: str, **about: str) -> int:
    return hook(INBOUND, answered(words, **about)).arrives(app).status


@pytest.mark.parametrize(("words", "wanted"), [
    *((each, Wish.STOP) for each in STOPS), *((each, Wish.START) for each in STARTS), *((each, None) for each in NEITHERS)])
def test_an_answer_is_understood_or_left_alone(words: str, wanted: Wish | None) -> None:
    assert opt_outs.wish(words) is wanted


@pytest.mark.usefixtures("both_databases")
def test_stop_stops_and_start_starts_again_however_often_they_are_said(app: Flask) -> None:
    write(app)
    for words, numbers in SAID:
        assert says(app, words) == 200
        assert stopped(app) == numbers
    assert events(app) == [("texts stopped", "ok"), ("texts allowed", "by answer"), ("texts stopped", "ok")]
    assert {row.user_id for row in rows(app, "SELECT user_id FROM audit_entry")} == {1}


@pytest.mark.usefixtures("both_databases")
def test_no_message_goes_to_a_number_that_was_stopped_until_it_is_started(app: Flask) -> None:
    first, second, other = write(app), write(app), write(app, phone="+4915112345699")
    says(app, "STOP")
    with app.app_context():
        assert claim(first.id) is None
        assert claim(other.id) is not None
    assert first.outcome == ("failed", "stopped")
    says(app, "START")
    with app.app_context():
        assert claim(second.id) is not None


@pytest.mark.usefixtures("both_databases")
def test_a_start_that_was_long_on_its_way_starts_nothing(app: Flask) -> None:
    ago = [datetime.fromtimestamp(time.time() - seconds, UTC).isoformat() for seconds in (300, 200, 100)]
    for words, at, numbers in (("STOP", ago[1], [PHONE]), ("START", ago[0], [PHONE]), ("STOP", ago[2], [PHONE]),
                               ("START", ago[1], [PHONE]), ("START", ago[2], [])):
        assert says(app, words, timestamp=at) == 200
        assert stopped(app) == numbers
    assert events(app) == [("texts stopped", "ok"), ("texts allowed", "by answer")]


@pytest.mark.usefixtures("both_databases")
def test_a_stop_that_was_long_on_its_way_stops_nobody_who_has_said_start_since(app: Flask) -> None:
    """What could not be taken is sent again for a day, and what was taken may come twice with a signature of its own."""
    ago = [datetime.fromtimestamp(time.time() - seconds, UTC).isoformat() for seconds in (300, 200, 100, 50)]
    for words, at, numbers in (("START", ago[1], []), ("STOP", ago[0], []), ("START", ago[0], []), ("STOP", ago[0], []),
                               ("STOP", ago[2], [PHONE]), ("START", ago[3], []), ("STOP", ago[2], [])):
        assert says(app, words, timestamp=at) == 200
        assert stopped(app) == numbers
    assert says(app, "STOP", number="4915112345699", timestamp=ago[0]) == 200
    assert stopped(app) == ["+4915112345699"], "everybody speaks for one number"


def test_a_stop_from_before_an_administrator_allowed_texts_again_is_over(app: Flask) -> None:
    before = datetime.fromtimestamp(time.time() - 60, UTC).isoformat()
    says(app, "STOP", timestamp=before)
    with app.app_context():
        assert opt_outs.allow(PHONE, COMMAND, actor=COMMAND_ACTOR)
    says(app, "STOP", timestamp=before)
    assert stopped(app) == []
    later = datetime.fromtimestamp(time.time() + 5, UTC).isoformat()
    says(app, "STOP", timestamp=later)
    assert stopped(app) == [PHONE]


@pytest.mark.parametrize("way", ["GET", "form", "JSON"])
def test_an_answer_by_the_sms_api_counts_as_well(app: Flask, way: str) -> None:
    said = {"msisdn": "4915112345678", "to": "4915735982000", "messageId": "0A0000000123ABCD1", "text": "Stop", "type": "text",
            "keyword": "STOP", "message-timestamp": "2026-11-28 12:14:25", "api-key": KEY}
    assert parameters(INBOUND, said, way).arrives(app).status == 401
    assert stopped(app) == []
    assert parameters(INBOUND, signed_parameters(said, "sha256"), way).arrives(app).status == 200
    assert stopped(app) == [PHONE]


@pytest.mark.settings(VONAGE_UNSIGNED_HOOKS="on")
def test_what_nobody_signed_stops_nobody(app: Flask) -> None:
    letter = sent(app)
    assert hook(INBOUND, answered("STOP"), bearer="").arrives(app).status == 200
    assert hook(STATUS, status(letter.id, "rejected", error="1240"), bearer="").arrives(app).status == 200
    assert (stopped(app), letter.outcome) == ([], ("failed", "stopped"))


@pytest.mark.parametrize("more", [
    {"number": "Portal"}, {"number": "+4915112345678"}, {"number": ""}, {"number": "４９15112345678"}, {"number": "12"},
    {"channel": "whatsapp"}, {"number": "4" * 40},
], ids=str)
def test_what_comes_from_no_number_or_by_no_text_stops_nobody(app: Flask, more: dict[str, str]) -> None:
    assert says(app, "STOP", **more) == 200
    assert stopped(app) == []


def test_a_status_that_says_so_stops_as_well(app: Flask) -> None:
    letter = sent(app)
    hook(STATUS, status(letter.id, "rejected", error="1240")).arrives(app)
    assert stopped(app) == [PHONE]
    assert ("texts stopped", "ok") in events(app)


def test_it_is_seen_where_somebody_looks_and_an_administrator_may_allow_it_again(
    app: Flask, make_user: MakeUser, another_visitor: MakeVisitor,
) -> None:
    letter = sent(app)
    make_user(username="boss", phone=OTHER_PHONE, administrator=True)
    hook(STATUS, status(letter.id, "rejected", error="1240")).arrives(app)
    does(app, "mfa", "--global", "off")
    does(app, "mfa", "--administrators", "off")
    boss = another_visitor().logs_in("boss", PASSWORD)
    assert boss.opens(f"/admin/messages/{letter.id}").sees("STOP", "no text message goes to this number")
    page = f"/admin/users/{letter.user_id}/security"
    assert boss.opens(page).sees("Stopped", "This number answered STOP at", "send START")
    assert boss.submits("Allow again").sees("Text messages go to this number again", "until START is sent")
    assert stopped(app) == []
    boss.opens(page).does_not_see("Allow again")
    assert events(app, user_id=letter.user_id)[-1] == ("texts allowed", "by hand")


def test_who_was_stopped_is_let_in_by_a_password_no_less_and_told_why_no_code_comes(
    app: Flask, make_user: MakeUser, another_visitor: MakeVisitor,
) -> None:
    make_user(username="li.na", phone=PHONE)
    says(app, "STOP")
    visitor = another_visitor().logs_in("li.na", PASSWORD)
    visitor.transport.settle()
    assert visitor.opens("/login/code").sees("STOP")
