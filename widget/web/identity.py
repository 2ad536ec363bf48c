"""Who a request comes from: a sign-in of the kind that the path asks for, by flask-login."""

from typing import cast

from flask import Flask, g, request, session
from flask_login import UserMixin, current_user, login_user, logout_user

from widget import clock
from widget.db import begin_writing, db, ensure_writing
from widget.extensions import login, settings
from widget.models import Account, SignIn, SignInKind
from widget.moderation.permissions import Staff
from widget.services import sign_ins, staff
from widget.web import audience, browsers, devices, sessions
from widget.web.audience import Audience


class SignedIn(UserMixin):
    """A signed-in person, as flask-login holds them; the id is the sign-in's token."""

    def __init__(self, sign_in: SignIn, token: str) -> None:
        self._token = token
        self.sign_in_id = sign_in.id
        self.account_id = sign_in.account_id
        # Held here, it stays known to the session, and nobody who asks for it asks the database again.
        self._account = sign_in.account
        at_desk = sign_in.kind is SignInKind.DESK
        self.staff = staff.of(sign_in.account, sign_in) if at_desk else None
        self.has_factor = at_desk and sign_in.account.second_factor is not None

    def get_id(self) -> str:
        """Return the token, which only the signed cookie holds."""
        return self._token

    @property
    def owes_factor(self) -> bool:
        """Whether nothing of the desk is theirs before they have set up a second factor."""
        return not self.has_factor and settings().requires_second_factor

    @property
    def account(self) -> Account:
        """The person's account, as the database has it now."""
        return db.session.get_one(Account, self.account_id)


def init_app(app: Flask) -> None:
    """Let flask-login resolve tokens; its own fingerprint of address and browser is left off.

    People's addresses change while they write; the token is bound to a row that can be revoked.
    """
    login.session_protection = None

    @login.user_loader
    def load(token: str) -> SignedIn | None:
        kind = kind_of_path()
        if kind is None or sessions.is_idle(kind.value, clock.now()):
            return None
        sign_in = sign_ins.resolve(db.session(), token, kind, clock.now())
        return SignedIn(sign_in, token) if sign_in else None


def kind_of_path() -> SignInKind | None:
    """Return which kind of sign-in has powers on this path."""
    where = audience.of_path(request.path)
    if where is Audience.DESK:
        return SignInKind.DESK
    return None if where is Audience.PUBLIC else SignInKind.READER


def person() -> SignedIn | None:
    """Return whoever is signed in on this path."""
    return cast(SignedIn, current_user) if current_user.is_authenticated else None


def person_id() -> int | None:
    """Return the account of whoever is signed in on this path."""
    known = person()
    return None if known is None else known.account_id


def ask_nobody() -> None:
    """Let the rest of this request belong to nobody, without asking the database, which is away."""
    # Every template is given the person, and would ask for them again.
    g._login_user = login.anonymous_user()


def has_lapsed() -> bool:
    """Whether this browser was signed in and is not any more, without having signed out."""
    return person() is None and "_user_id" in session


def colleague() -> Staff:
    """Return the member of staff at the desk; the guard has let nobody else come here."""
    known = person()
    assert known is not None
    assert known.staff is not None
    return known.staff


def enter(account_id: int) -> None:
    """Sign an account in on this path, in a fresh session."""
    kind = kind_of_path()
    assert kind is not None
    now = clock.now()
    ensure_writing(db.session())
    # Staff recognise their own sign-ins by it; of a reader's browser nothing is kept.
    device = devices.described(request.user_agent.string) if kind is SignInKind.DESK else None
    token, sign_in = sign_ins.start(db.session(), account_id, kind, now, device)
    sessions.begin(now)
    known = SignedIn(sign_in, token)
    login_user(known)
    # Anybody may register with anybody's address, and is no less a stranger for it.
    if known.account.email_confirmed_at is not None:
        browsers.remember(known.account.email_key or "", kind)


def leave() -> None:
    """Sign out: the row is revoked, the session emptied."""
    known = person()
    if known is not None:
        begin_writing(db.session())
        sign_ins.revoke(db.session(), known.sign_in_id, clock.now())
    forget()


def forget() -> None:
    """Let this browser forget a sign-in that has ended, as when an account is closed."""
    logout_user()
    session.clear()
