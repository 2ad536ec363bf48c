"""What the frame shows: everything the template needs, read in one go."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from flask import Response, make_response

from widget import clock, publication
from widget.db import db
from widget.errors import NotFound, Refusal
from widget.models import (
    Account,
    Appeal,
    Ban,
    Comment,
    CommentState,
    IdentityRow,
    Netiquette,
    Thread,
)
from widget.services import (
    appeals,
    articles,
    bans,
    comments,
    identities,
    netiquettes,
    own_comments,
    publishing,
    threads,
    usual_waits,
)
from widget.services.own_comments import OwnComment
from widget.services.publishing import Amendment
from widget.text import normalise
from widget.web import identity, language, sentences
from widget.web.embed import letterhead, words
from widget.web.embed.forms import AppealForm, ComposerForm
from widget.web.embed.hints import Hints, Questions
from widget.web.embed.whereabouts import Whereabouts

VIEWS = ("register", "sign-in", "forgotten")
# These notices are given to somebody who has just been signed in; when nobody is, the browser dropped
# the cookie on its way back.
_SIGNED_IN_BY = frozenset({"registered", "signed-in"})


@dataclass(frozen=True)
class Scene:
    """The frame at one moment, for one person."""

    at: Whereabouts
    account: Account | None
    thread: Thread | None
    rules: Netiquette
    mine: list[OwnComment]
    view: str
    now: datetime

    @cached_property
    def is_open(self) -> bool:
        """Whether a comment sent now would be received."""
        return threads.is_open(self.thread, self.at.site, self.now)

    @property
    def closing_notice(self) -> str | None:
        """What the newsroom said on closing."""
        return threads.notice(self.thread, self.at.site)

    @cached_property
    def ban(self) -> Ban | None:
        """The ban that keeps this person from writing."""
        if self.account is None:
            return None
        return bans.active(db.session(), self.account.id, self.at.site.id, self.now)

    @cached_property
    def appeal(self) -> Appeal | None:
        """What this person has replied to the ban, and what an editor made of it."""
        return appeals.of(db.session(), self.ban.id) if self.ban is not None else None

    @property
    def writer(self) -> str:
        """What the browser keeps a signed-in person's drafts by: it tells nobody how many accounts there are."""
        if self.account is None:
            return ""
        made = f"{self.account.id} {self.account.created_at.isoformat()}"
        return hashlib.sha256(made.encode()).hexdigest()[:16]

    @cached_property
    def doubt(self) -> IdentityRow | None:
        """What this site holds of a person whose identity it doubts: nothing of theirs is published meanwhile."""
        if self.account is None:
            return None
        return identities.doubt(db.session(), self.account.id, self.at.site.id)

    @property
    def written_in(self) -> str:
        """The language that a comment here is taken to be in, as far as everybody may know."""
        known = publication.known(self.thread)
        return known.language if known is not None else language.selected()

    @property
    def is_closed(self) -> bool:
        """Whether nobody writes here any more, so that one's own comments are all there is."""
        return self.misplaced is None and not self.is_open

    @property
    def can_write(self) -> bool:
        """Whether the composer is shown."""
        return self.is_open and self.ban is None and self.misplaced is None

    @cached_property
    def misplaced(self) -> str | None:
        """Why nobody can write from this page, where it is not one of the site's articles."""
        if publication.known(self.thread) is not None:
            return None
        try:
            articles.checked(self.at.site, self.at.claimed)
        except Refusal as refusal:
            return sentences.of(refusal)
        return None

    @cached_property
    def parent(self) -> Comment | None:
        """The published comment being answered."""
        return self._published(self.at.reply)

    @cached_property
    def edited(self) -> Comment | None:
        """The person's own waiting comment that is being edited."""
        return self._own(self.at.edit, CommentState.PENDING)

    @cached_property
    def revised(self) -> Comment | None:
        """The person's own refused comment that is being revised."""
        return self._own(self.at.revise, CommentState.REFUSED)

    @cached_property
    def sent(self) -> Comment | None:
        """The person's own comment that has just been received."""
        return next((own.comment for own in self.mine if own.comment.id == self.at.sent), None)

    @property
    def notice(self) -> str | None:
        """What has just happened, in a sentence."""
        if self.sent is not None or (self.at.notice in _SIGNED_IN_BY and self.account is None):
            return None
        return str(words.NOTICES[self.at.notice]) if self.at.notice in words.NOTICES else None

    @property
    def cookie_lost(self) -> bool:
        """Whether the browser did not bring back the session that it was just given."""
        return self.at.notice in _SIGNED_IN_BY and self.account is None

    @cached_property
    def has_accepted(self) -> bool:
        """Whether this person accepted the netiquette in force."""
        account = self.account
        return account is not None and netiquettes.has_accepted(db.session(), account.id, self.rules.id)

    @cached_property
    def amendment(self) -> Amendment | None:
        """What became of the netiquette since this person accepted it; None for who never did, or need not."""
        if self.account is None or self.has_accepted:
            return None
        earlier = netiquettes.last_accepted(db.session(), self.account.id, self.at.site.id)
        return None if earlier is None else publishing.since(db.session(), earlier, language.selected())

    @property
    def waits_for_address(self) -> bool:
        """Whether what this person sends waits until the address is confirmed."""
        return self.account is not None and self.account.email_confirmed_at is None

    @cached_property
    def usual_wait(self) -> str | None:
        """The sentence that says how long half of the comments on this site wait; None where nothing can be said."""
        seconds = usual_waits.half_within(db.session(), self.at.site, self.now)
        return None if seconds is None else words.usual_wait(seconds)

    @property
    def carried(self) -> list[tuple[str, str]]:
        """The hidden fields of every form; what an id names and is no longer there is left behind."""
        place = self.at.but(reply=self.parent and self.parent.id)
        if self.account is not None:
            place = place.but(edit=self.edited and self.edited.id, revise=self.revised and self.revised.id)
        return place.carried()

    def available(self, text: str | None) -> int:
        """Return how many characters the site's limit leaves beyond a text."""
        most = self.at.site.comment_length
        # What is far too long is not looked at: its code points are near enough.
        if text and normalise.is_oversized(text, most):
            return most - len(text)
        return most - normalise.graphemes(normalise.clean(text or ""))

    def _published(self, comment_id: int | None) -> Comment | None:
        if comment_id is None or self.thread is None:
            return None
        try:
            comment = comments.published(db.session(), comment_id)
        except NotFound:
            return None
        return comment if comment.thread_id == self.thread.id else None

    def _own(self, comment_id: int | None, state: CommentState) -> Comment | None:
        found = (own.comment for own in self.mine if own.comment.id == comment_id)
        return next((comment for comment in found if comment.state is state), None)


def present(at: Whereabouts, view: str = "register") -> Scene:
    """Read what the frame shows at this place to whoever is signed in."""
    session, known = db.session(), identity.person()
    thread = threads.find(session, at.site.id, at.article)
    # As on every page that anybody can ask for, a thread that holds nothing public shows in nothing.
    language.speak_to_reader(at.site, at.lang, publication.known(thread))
    return Scene(
        at=at,
        account=known.account if known else None,
        thread=thread,
        rules=netiquettes.in_force(session, at.site.id),
        mine=own_comments.under(session, known.account_id, thread.id) if known and thread else [],
        view=view if view in VIEWS else "register",
        now=clock.now(),
    )


def show(
    at: Whereabouts,
    form: ComposerForm,
    status: int = 200,
    *,
    view: str | None = None,
    hints: Hints | None = None,
    questions: Questions | None = None,
    appeal: AppealForm | None = None,
) -> Response:
    """Answer with the frame and the form as it stands, everything typed and whatever there is to say included."""
    usual = "sign-in" if identity.has_lapsed() else ""
    scene = present(at, view or form.shown.data or at.view or usual)
    if form.text.data is None:
        source = scene.edited or scene.revised
        form.text.data = source.body if source and source.erased_at is None else None
    if scene.edited is not None and form.version.data is None:
        form.version.data = scene.edited.version
    if not form.key.data:
        form.renew_key()
    if form.netiquette.data != scene.rules.number:
        # A tick that was set under another version says nothing about this one.
        form.accepts.data, form.netiquette.data = False, scene.rules.number
    if hints is not None:
        form.hinted.data = hints.shown
    if questions is not None:
        form.asked.data = " ".join(questions.asked)
    if scene.misplaced and status == 200:
        status = 400
    said = {
        "hints": hints or Hints(""),
        "questions": questions or Questions(),
        "appeal_form": appeal or AppealForm(formdata=None),
    }
    page = letterhead.render(
        "embed/frame.html", at, scene=scene, form=form, session_lost=status == 401, **said
    )
    return make_response(page, status)
