"""What is the least that an SMS sign-in with Flask and SQLAlchemy has to do?

The reference of the budgets: the same five requests, only the reads and writes that they cannot do without, the same
password hash and the same database settings. It works through `db.session`, as Flask-SQLAlchemy apps do, and spares
what a fast app spares: it selects named columns instead of objects, compiles its templates once, and holds no
transaction open while hashing. No forms library, no limits, no audit, no policy, nobody who sends.
"""

import hashlib
import os
import secrets
import time
from typing import Any

from flask import Flask, redirect, render_template, request, session
from flask_sqlalchemy import SQLAlchemy
from jinja2 import Template
from nacl.exceptions import InvalidkeyError
from nacl.pwhash import argon2id
from sqlalchemy import RowMapping, Select, insert, select, update
from werkzeug import Response

from bench.bare_tables import WRITE, Code, Message, SignIn, User, open_database

CODE_LIFETIME = 300  # seconds
SIGN_IN_LIFETIME = 600  # seconds

db = SQLAlchemy()
app = Flask(__name__)
app.config["SECRET_KEY"] = os.environ["PORTAL_SECRET"]
app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["DATABASE_URL"]
db.init_app(app)
with app.app_context():
    open_database(db)


def _page(source: str) -> Template:
    return app.jinja_env.from_string(source)


LOGIN = _page("<title>Log in</title><form method=post>{{ fault }}<input name=identifier><input name=password></form>")
CODE = _page("<title>Code</title><form method=post>{{ fault }} {{ phone[-2:] }} <input name=code></form>")
HOME = _page("<title>Home</title>Hello, {{ username }}")


@app.get("/login")
def login_page() -> str:
    """Show the form for identifier and password."""
    return render_template(LOGIN)


@app.post("/login")
def login() -> Response | tuple[str, int]:
    """Check the first factor, then store sign-in, code and message in one transaction."""
    user = _row(select(User.id, User.phone, User.password_hash).where(User.username == request.form["identifier"]))
    db.session.rollback()
    if user is None or not _password_is_right(user["password_hash"], request.form["password"]):
        return render_template(LOGIN, fault="Wrong."), 422
    session["token"] = _begin_sign_in(user["id"], user["phone"])
    return redirect("/login/code", 303)


@app.get("/login/code")
def code_page() -> str | Response:
    """Show the form for the code to a browser with a pending sign-in."""
    pending = _row(_sign_in(User.phone, complete=False).join(User))
    if pending is None:
        return redirect("/login", 303)
    return render_template(CODE, phone=pending["phone"])


@app.post("/login/code")
def code() -> Response | tuple[str, int]:
    """Use up the code and complete the sign-in in one transaction."""
    db.session.connection(execution_options=WRITE)
    pending = _row(_sign_in(SignIn.id, complete=False))
    if pending is None or not _use_code(pending["id"], request.form["code"]):
        return render_template(CODE, fault="Wrong."), 422
    db.session.execute(update(SignIn).where(SignIn.id == pending["id"]).values(complete=True))
    db.session.commit()
    return redirect("/", 303)


@app.get("/")
def home() -> str | Response:
    """Greet a user whose sign-in is complete."""
    user = _row(_sign_in(User.username, complete=True).join(User))
    return render_template(HOME, username=user["username"]) if user else redirect("/login", 303)


def _begin_sign_in(user_id: int, phone: str) -> str:
    """Store a sign-in with its code and message; return the token for the browser."""
    token, number, now = secrets.token_urlsafe(32), f"{secrets.randbelow(10**6):06}", time.time()
    db.session.connection(execution_options=WRITE)
    started = insert(SignIn).values(token=_digest(token), user_id=user_id, complete=False, expires=now + SIGN_IN_LIFETIME)
    sign_in = db.session.execute(started.returning(SignIn.id)).scalar_one()
    kept = {"sign_in_id": sign_in, "digest": _digest(f"{sign_in} {number}"), "used": False}
    db.session.execute(insert(Code).values(**kept, expires=now + CODE_LIFETIME))
    db.session.execute(insert(Message).values(phone=phone, text=f"Your code is {number}"))
    db.session.commit()
    return token


def _use_code(sign_in: int, number: str) -> bool:
    open_code = (Code.sign_in_id == sign_in, Code.used.is_(False), Code.expires > time.time())
    right = update(Code).where(*open_code, Code.digest == _digest(f"{sign_in} {number}"))
    return db.session.execute(right.values(used=True).returning(Code.id)).first() is not None


def _sign_in(*columns: Any, complete: bool) -> Select[*tuple[Any, ...]]:
    """Select columns of the browser's live sign-in, if it has reached this level."""
    token = _digest(session.get("token", ""))
    live = (SignIn.token == token, SignIn.complete.is_(complete), SignIn.expires > time.time())
    return select(*columns).select_from(SignIn).where(*live)


def _row(query: Select[*tuple[Any, ...]]) -> RowMapping | None:
    return db.session.execute(query).mappings().first()


def _password_is_right(stored: str, typed: str) -> bool:
    try:
        return argon2id.verify(stored.encode(), typed.encode())
    except InvalidkeyError:
        return False


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
