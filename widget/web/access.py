"""Who may reach which endpoint: one map, and deny by default.

An endpoint that stands in none of these lists answers 403, so that a forgotten line exposes nothing.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from widget.config import Settings
from widget.moderation.permissions import Permission
from widget.web import identity, provenance
from widget.web.transaction import SAFE

View = TypeVar("View", bound=Callable[..., Any])

# Everybody, without any session.
PUBLIC = frozenset(
    {
        "static",
        "reading.script",
        "reading.script_by_hash",
        "reading.thread_json",
        "reading.thread_html",
        "reading.thread_atom",
        "reading.counts_json",
        "reading.look",
        "reading.thread_page",
        "reading.find_thread",
        "reading.comment",
        "reading.netiquette",
        "reading.transparency",
        "reading.transparency_month",
        "reading.livez",
        "reading.readyz",
        "reading.metrics",
        "reading.security_txt",
        "reading.robots_txt",
        "reading.front",
        "demo.front",
        "demo.article",
        "demo.overview",
        "demo.articles_json",
        "demo.accounts_json",
        "demo.mail",
        "demo.mail_json",
    }
)

# Everybody; its path lies where readers have a session, and it asks for none.
SESSIONLESS = frozenset({"embed.places"})

# Everybody, with the reader's session: what a form in the frame or a mailed link leads to.
READER = frozenset(
    {
        "embed.frame",
        "embed.check",
        "embed.register",
        "embed.sign_in",
        "embed.forgotten",
        "embed.report",
        "embed.correction",
        "account.confirm",
        "account.disown",
        "account.hand_over",
        "account.forgotten",
        "account.reset",
        "account.invitation",
        "account.identity",
        "account.sign_in",
        "account.new_address",
        "account.closed",
    }
)

# Readers who are signed in.
SIGNED_IN = frozenset(
    {
        "embed.send",
        "embed.edit",
        "embed.withdraw",
        "embed.appeal",
        "embed.sign_out",
        "embed.confirm_again",
        "account.overview",
        "account.signature",
        "account.address",
        "account.password",
        "account.copy",
        "account.closing",
        "account.sign_out",
    }
)

# The desk's own door.
DESK_DOOR = frozenset({"desk.sign_in", "desk.second_step"})

# All that staff reach who have yet to set up the second factor that this server requires.
ENROLMENT = frozenset({"desk.second_factor", "desk.confirm_factor", "desk.sign_out"})

# Staff; the permission must be held on at least one site, the services ask for the site at hand.
DESK = {
    "desk.sign_out": Permission.READ_QUEUE,
    "desk.queue": Permission.READ_QUEUE,
    "desk.card": Permission.READ_QUEUE,
    "desk.pulse": Permission.READ_QUEUE,
    "desk.lease": Permission.READ_QUEUE,
    "desk.leave": Permission.READ_QUEUE,
    "desk.keep_view": Permission.READ_QUEUE,
    "desk.set_keys": Permission.READ_QUEUE,
    "desk.conversation": Permission.READ_QUEUE,
    "desk.drawer": Permission.READ_PEOPLE,
    "desk.ask": Permission.DECIDE,
    "desk.answer": Permission.DECIDE,
    "desk.take_back": Permission.DECIDE,
    "desk.note": Permission.DECIDE,
    "desk.decide_many": Permission.DECIDE,
    "desk.undo_many": Permission.DECIDE,
    "desk.notes": Permission.KEEP_NOTES,
    "desk.add_note": Permission.KEEP_NOTES,
    "desk.change_note": Permission.KEEP_NOTES,
    "desk.remove_note": Permission.KEEP_NOTES,
    "desk.decide": Permission.DECIDE,
    "desk.overturn": Permission.DECIDE,
    "desk.uphold": Permission.DECIDE,
    "desk.undo": Permission.DECIDE,
    "desk.undo_latest": Permission.DECIDE,
    "desk.ban": Permission.BAN_BRIEFLY,
    "desk.lift": Permission.BAN_BRIEFLY,
    "desk.search": Permission.READ_QUEUE,
    "desk.appeals": Permission.HANDLE_APPEALS,
    "desk.handle_appeal": Permission.HANDLE_APPEALS,
    "desk.people": Permission.READ_PEOPLE,
    "desk.person": Permission.READ_PEOPLE,
    "desk.identity": Permission.MARK_IDENTITY,
    "desk.ask_identity": Permission.MARK_IDENTITY,
    "desk.doubts": Permission.MARK_IDENTITY,
    "desk.add_person_note": Permission.READ_PEOPLE,
    "desk.remove_person_note": Permission.READ_PEOPLE,
    "desk.threads": Permission.CLOSE_THREADS,
    "desk.thread": Permission.CLOSE_THREADS,
    "desk.close_thread": Permission.CLOSE_THREADS,
    "desk.reopen_thread": Permission.CLOSE_THREADS,
    "desk.verify_thread": Permission.CLOSE_THREADS,
    "desk.schedule_thread": Permission.CLOSE_THREADS,
    "desk.rename_thread": Permission.CLOSE_THREADS,
    "desk.switch_thread": Permission.ARRANGE_THREADS,
    "desk.merge_thread": Permission.ARRANGE_THREADS,
    "desk.close_site": Permission.CLOSE_SITES,
    "desk.reopen_site": Permission.CLOSE_SITES,
    "desk.reports": Permission.HANDLE_LETTERBOX,
    "desk.keep_reported": Permission.HANDLE_LETTERBOX,
    "desk.corrections": Permission.HANDLE_LETTERBOX,
    "desk.handle_correction": Permission.HANDLE_LETTERBOX,
    "desk.netiquettes": Permission.AMEND_NETIQUETTE,
    "desk.netiquette": Permission.AMEND_NETIQUETTE,
    "desk.start_draft": Permission.AMEND_NETIQUETTE,
    "desk.draft": Permission.AMEND_NETIQUETTE,
    "desk.discard_draft": Permission.AMEND_NETIQUETTE,
    "desk.draft_rule": Permission.AMEND_NETIQUETTE,
    "desk.save_rule": Permission.AMEND_NETIQUETTE,
    "desk.rule_standing": Permission.AMEND_NETIQUETTE,
    "desk.new_rule": Permission.AMEND_NETIQUETTE,
    "desk.add_rule": Permission.AMEND_NETIQUETTE,
    "desk.draft_parts": Permission.AMEND_NETIQUETTE,
    "desk.save_parts": Permission.AMEND_NETIQUETTE,
    "desk.preview": Permission.AMEND_NETIQUETTE,
    "desk.publish_draft": Permission.AMEND_NETIQUETTE,
    "desk.checks": Permission.SET_CHECKS,
    "desk.checks_of": Permission.SET_CHECKS,
    "desk.checks_set": Permission.SET_CHECKS,
    "desk.checks_list": Permission.SET_CHECKS,
    "desk.checks_change": Permission.SET_CHECKS,
    "desk.checks_try": Permission.SET_CHECKS,
    "desk.settings": Permission.CHANGE_SETTINGS,
    "desk.settings_of": Permission.CHANGE_SETTINGS,
    "desk.change_settings": Permission.CHANGE_SETTINGS,
    "desk.look": Permission.CHANGE_SETTINGS,
    "desk.change_look": Permission.CHANGE_SETTINGS,
    "desk.look_preview": Permission.CHANGE_SETTINGS,
    "desk.look_sheet": Permission.CHANGE_SETTINGS,
    "desk.new_site": Permission.MANAGE_SITES,
    "desk.create_site": Permission.MANAGE_SITES,
    "desk.second_reading": Permission.DECIDE,
    "desk.read_again": Permission.DECIDE,
    "desk.figures": Permission.READ_FIGURES,
    "desk.figures_csv": Permission.READ_FIGURES,
    "desk.set_figures": Permission.SET_FIGURES,
    "desk.audit": Permission.READ_AUDIT,
    "desk.audit_csv": Permission.READ_AUDIT,
    "desk.me": Permission.READ_QUEUE,
    "desk.change_password": Permission.READ_QUEUE,
    "desk.revoke_sign_in": Permission.READ_QUEUE,
    "desk.revoke_other_sign_ins": Permission.READ_QUEUE,
    "desk.second_factor": Permission.READ_QUEUE,
    "desk.confirm_factor": Permission.READ_QUEUE,
    "desk.renew_recovery_codes": Permission.READ_QUEUE,
    "desk.remove_factor": Permission.READ_QUEUE,
    "desk.staff": Permission.MANAGE_STAFF,
    "desk.colleague": Permission.MANAGE_STAFF,
    "desk.set_role": Permission.MANAGE_STAFF,
    "desk.deactivate": Permission.MANAGE_STAFF,
    "desk.reset_factor": Permission.MANAGE_STAFF,
    "desk.sign_out_colleague": Permission.MANAGE_STAFF,
    "desk.invite": Permission.MANAGE_STAFF,
    "desk.invite_again": Permission.MANAGE_STAFF,
    "desk.revoke_invitation": Permission.MANAGE_STAFF,
}


_OPEN = PUBLIC | SESSIONLESS | READER | DESK_DOOR


def init_app(app: Flask, settings: Settings) -> None:
    """Check where a request comes from, then who sends it."""
    provenance.init_app(app, settings)

    @app.before_request
    def check_powers() -> ResponseReturnValue | None:
        return None if request.endpoint is None else _refused(request.endpoint)


def _refused(endpoint: str) -> ResponseReturnValue | None:
    if endpoint in _OPEN:
        return None
    known = identity.person()
    if endpoint in SIGNED_IN:
        return _ask_reader() if known is None else None
    permission = DESK.get(endpoint)
    if permission is None:
        abort(403)
    if known is None:
        return _ask_staff()
    if known.staff is None:
        abort(403)
    if known.owes_factor and endpoint not in ENROLMENT:
        return _ask_factor()
    if not known.staff.may_somewhere(permission):
        abort(403)
    return None


def _ask_reader() -> ResponseReturnValue:
    if request.method in SAFE:
        return redirect(url_for("account.sign_in", lang=request.args.get("lang")))
    # The frame answers this itself: with what was typed, and asking to sign in.
    abort(401)


def _ask_staff() -> ResponseReturnValue:
    if request.method in SAFE:
        return redirect(url_for("desk.sign_in", next=request.full_path.rstrip("?")))
    abort(401)


def _ask_factor() -> ResponseReturnValue:
    if request.method in SAFE:
        return redirect(url_for("desk.second_factor", next=request.full_path.rstrip("?")))
    abort(403)
