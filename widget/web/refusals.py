"""Why something was declined, in a sentence for each code: what happened, and what to do next."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

# One line a code; tests prove that every code raised anywhere in the core stands here.
REFUSALS: Mapping[str, LazyString] = {
    "account.banned": _l(
        "You cannot write here at the moment. The reason and the end of the ban are shown above."
    ),
    "account.address-taken": _l(
        "Another account holds this address. Sign in to it below to hand your comments over."
    ),
    "account.staff": _l(
        "This account has a role at the desk. Change its password there; for anything else ask an administrator."
    ),
    "account.unknown": _l("There is no such account any more."),
    "action.unknown": _l("That cannot be done to a comment."),
    "address.taken": _l("Another account has this address. Sign in to that one, or take another address."),
    "amendment.gone": _l(
        "%(who)s discarded this draft at %(at)s. Nothing you typed is lost: it stands below."
    ),
    "amendment.long": _l("Please use %(most)s characters at most (%(language)s)."),
    "amendment.none": _l("Nobody has begun a draft. Start one first."),
    "amendment.no-rule": _l("There is no rule %(number)s in the draft any more."),
    "amendment.nothing-citable": _l("At least one rule must remain that a refusal can cite."),
    "amendment.overtaken": _l(
        "%(who)s saved this draft at %(at)s, after you had opened it. Nothing was overwritten: compare the two, "
        "then save again."
    ),
    "amendment.part-missing": _l("The title, the preamble or the note of rights is missing in %(language)s."),
    "amendment.published": _l(
        "%(who)s published this draft at %(at)s. Nothing you typed is lost: it stands below."
    ),
    "amendment.rule-missing": _l("Rule %(number)s has no title or no text in %(language)s."),
    "amendment.slug": _l(
        "The short name consists of small letters, digits and hyphens between them, %(most)s at most."
    ),
    "amendment.slug-taken": _l("Another rule has the short name %(slug)s, which is its for good."),
    "amendment.summary-missing": _l("Tell readers what changed, in %(language)s too."),
    "amendment.unchanged": _l(
        "Nothing has changed against the version in force, so there is nothing to publish."
    ),
    "answer.missing": _l("Please write your answer."),
    "appeal.answer": _l("Tell the person why the ban is kept."),
    "appeal.long": _l("Please use %(most)s characters at most."),
    "appeal.missing": _l("Please write your reply first."),
    "appeal.outcome": _l("Choose what becomes of the ban."),
    "appeal.over": _l(
        "The ban has ended by itself, so there is nothing left to lift or shorten. Answer the person."
    ),
    "appeal.own": _l("This appeal is against your own ban. Please leave it to a colleague."),
    "appeal.sent-already": _l("You have replied to this decision already. One reply is possible."),
    "appeal.term": _l("Choose a term that ends sooner than the ban does now."),
    "appeal.unknown": _l("There is no such appeal."),
    "article.foreign": _l(
        "This article does not belong to the publication. Open the article itself and write from there."
    ),
    "article.malformed": _l(
        "The page names its article in a way that cannot be kept. Please tell the publication."
    ),
    "article.missing": _l("The page does not say which article it shows. Please tell the publication."),
    "article.title": _l(
        "The article's title holds characters that cannot be seen. Please tell the publication."
    ),
    "article.too-long": _l(
        "The article's %(name)s is longer than %(most)s characters. Please tell the publication."
    ),
    "ban.already": _l("This person is banned already. Lift that ban first."),
    "ban.everywhere": _l("Only an administrator of all sites bans from all of them."),
    "ban.over": _l("This ban has ended already."),
    "ban.own": _l("You cannot ban yourself."),
    "ban.term": _l("Choose how long the ban lasts."),
    "ban.too-long": _l("Moderators ban for seven days at most. Ask an editor for a longer ban."),
    "ban.unknown": _l("There is no such ban."),
    "busy": _l("The server is busy. Please try again in a moment; nothing you wrote is lost."),
    "canned.body": _l("Please write the note itself, in %(most)s characters at most."),
    "canned.full": _l("A site keeps %(most)s notes at most. Remove some before you add others."),
    "canned.label": _l(
        "Please give the note a name of %(most)s characters at most, by which colleagues find it."
    ),
    "canned.language": _l("Choose one of the site’s languages."),
    "canned.unknown": _l("There is no such note any more."),
    "check.mode": _l("This check cannot do that. Choose one of the settings that stand beside it."),
    "check.unknown": _l("There is no such check, or it cannot be set. Load the page again."),
    "code.no-recovery": _l("This is none of the recovery codes that you have left. Each of them works once."),
    "code.used": _l("This code has been used already. Wait for the next one, half a minute at most."),
    "code.wrong": _l(
        "This code is not right. Codes change every half minute; the clock of your phone must be right too."
    ),
    "comment.decided": _l("%(who)s decided this comment first, at %(at)s. Nothing was changed."),
    "comment.edited": _l("The writer changed the text meanwhile. Please read it again."),
    "comment.withdrawn": _l("The writer withdrew this comment at %(at)s."),
    "comment.not-revisable": _l("Only a comment that was refused can be revised and sent again."),
    "comment.unknown": _l("There is no such comment here."),
    "confirm.no-password": _l("Please enter the password that you chose when you registered."),
    "confirm.wrong-password": _l(
        "This is not the password that was chosen at registration. Try again, or ask for a new one."
    ),
    "decision.own": _l("Nobody decides their own comment. Please leave it to a colleague."),
    "decision.unknown": _l("There is no such decision."),
    "email.malformed": _l(
        "This does not look like an e-mail address. Please check it, for example name@post.example."
    ),
    "email.missing": _l("Please enter an e-mail address."),
    "email.same": _l("This is the address that your account has. Give the new one."),
    "entries.full": _l(
        "A site has room for %(most)s entries of its own. Take some off its lists before you add others."
    ),
    "entry.hidden": _l("“%(entry)s” holds characters that cannot be seen. Please type it again."),
    "entry.long": _l("“%(entry)s” is longer than %(most)s characters. Put each entry on a line of its own."),
    "entry.missing": _l("Type an entry, or tick some of the list."),
    "entry.template": _l(
        "“%(entry)s” holds one of the signs { } … ^, which only our own phrases use. Please write it in plain words."
    ),
    "entry.short": _l(
        "“%(entry)s” would be found everywhere. An entry needs two letters or digits at least."
    ),
    "finding.unknown": _l("There is no such finding any more. Load the page again to see those there are."),
    "factor.required": _l("Staff here need a second factor. Replace it instead."),
    "factor.unknown": _l("There is no second factor any more. The next sign-in asks for a new one."),
    "identity.answered": _l("You have answered already. The editors have your answer."),
    "identity.asked-already": _l(
        "This person was asked on %(at)s and has not answered yet. Ask again a day later at the earliest."
    ),
    "identity.long": _l("Please use %(most)s characters at most."),
    "identity.no-address": _l(
        "This person has no confirmed e-mail address, so nobody can be asked. Mark the identity as in doubt instead."
    ),
    "identity.no-answer": _l("Please write your answer first."),
    "identity.no-question": _l("Write what you ask the person."),
    "identical.here": _l("You have sent this very text here before. Please change it, or leave it at that."),
    "invitation.unknown": _l("This invitation is not open any more. Ask an administrator for a new one."),
    "key.malformed": _l("The form was incomplete. Please load the page again; your text is kept."),
    "length.empty": _l("Please write your comment first."),
    "length.over": _l(
        "Your comment is %(over)s characters too long; %(limit)s are possible. Please shorten it."
    ),
    "letter.long": _l("Please use %(most)s characters at most."),
    "letter.missing": _l("Please write what is wrong."),
    "letterbox.handled": _l("%(who)s has handled this already."),
    "letterbox.unknown": _l("There is no such message."),
    "list.unknown": _l("There is no such list. Choose one on the page of the word lists."),
    "look.accent": _l("Give the accent as # and six digits from 0 to f, such as #7a1f3d, or nothing."),
    "look.choice": _l("Choose one of what is offered."),
    "look.contrast": _l(
        "This accent has a contrast of %(ratio)s on a light ground; links need %(least)s to be read. "
        "The nearest that has it is %(nearest)s."
    ),
    "many.most": _l("That is more than %(most)s comments at once. Please select fewer."),
    "many.none": _l("No comment is selected. Select some first."),
    "name.hidden": _l("Your name holds characters that cannot be seen. Please type it again."),
    "name.link": _l("A name holds no web address. Please give your full name alone."),
    "name.long": _l("Please use %(most)s characters at most for your name."),
    "name.missing": _l("Please give your full name, as it is to stand under your comments."),
    "name.rests": _l("You have changed your name lately. You can change it again from %(at)s."),
    "netiquette.not-accepted": _l("Please read the netiquette and accept it before you write."),
    "note.missing": _l("Please write the note first."),
    "not-permitted": _l("Your role does not allow this. Please ask an editor."),
    "note.long": _l("Please use %(most)s characters at most for a note."),
    "note.not-yours": _l("This note is by %(who)s. Only who wrote a note takes it back."),
    "note.unknown": _l("There is no such note any more."),
    "parent.gone": _l(
        "The comment you are answering is not published any more. Cancel the reply to send yours on its own."
    ),
    "password.guessable": _l("This password is easily guessed. Several unrelated words make a good one."),
    "password.long": _l("Please use %(most)s characters at most for your password."),
    "password.missing": _l("Please enter your present password."),
    "password.own-words": _l(
        "Your password is little more than a name. Several unrelated words make a good one."
    ),
    "password.short": _l(
        "Please choose a password of %(least)s characters or more. Several unrelated words make a good one."
    ),
    "password.wrong": _l("This password is not right. Please try again."),
    "place.hidden": _l("Your place of residence holds characters that cannot be seen. Please type it again."),
    "place.link": _l("A place of residence holds no web address. Please give the place alone."),
    "place.long": _l("Please use %(most)s characters at most for your place of residence."),
    "place.missing": _l("Please give the place where you live, as it is to stand under your comments."),
    "publish.identity": _l(
        "The identity of %(name)s is in doubt. It must be cleared before anything is published."
    ),
    "publish.parent": _l("This answers a comment by %(name)s that is not published. Decide that one first."),
    "publish.unconfirmed": _l("The writer has not confirmed the e-mail address yet."),
    "question.asked": _l("%(who)s has asked about this comment already. It stands under Second opinion."),
    "question.missing": _l("Please write what you would like to know."),
    "question.not-waiting": _l("This comment does not wait any more, so there is nothing to ask about it."),
    "question.not-yours": _l("Only who asked a question takes it back. A decision settles it too."),
    "question.own": _l("You asked this yourself; the answer is for a colleague to give."),
    "question.settled": _l("Nobody asks about this comment any more. Your answer was not kept."),
    "report.unexplained": _l("Please tell the editors what is wrong with the comment."),
    "rule.missing": _l("Choose the rule that this rests on."),
    "rule.needs-note": _l("Rule %(number)s needs a note that tells the writer why."),
    "rule.not-citable": _l("This rule cannot be cited. Choose another."),
    "second-reading.own": _l("You wrote this comment or decided it yourself. A colleague has to read it."),
    "second-reading.read": _l("A colleague has read this one meanwhile. Nothing was recorded."),
    "second-reading.unknown": _l("This comment is not up for a second reading."),
    "sign-in.unknown": _l("There is no such sign-in any more."),
    "sign-in.wrong": _l("E-mail address and password do not fit together. Please try again."),
    "site.days": _l("Give a number of days from 1 to %(most)s, or nothing for never."),
    "site.kept-days": _l(
        "Give a number of days from %(least)s to %(most)s, or nothing to keep it without limit."
    ),
    "site.key": _l("A site's key consists of small letters, digits and hyphens."),
    "site.languages": _l("Known languages are %(known)s, and the default must be one of the site's."),
    "site.languages-none": _l("Tick at least one language."),
    "site.default-unticked": _l("The default language, %(language)s, must be ticked."),
    "site.length": _l(
        "A comment may have from %(least)s to %(most)s characters. Give a number between them."
    ),
    "site.name": _l("A name is needed, without hidden characters, of %(most)s characters at most."),
    "site.origins-many": _l("That is more than %(most)s origins. Please name fewer."),
    "site.origins-none": _l("Name at least one origin: without one nobody can comment anywhere."),
    "site.origin": _l(
        "%(origin)s is not an origin. Write scheme and host only, such as https://news.example."
    ),
    "site.percent": _l("The share read twice is a whole number from 0 to 100."),
    "site.taken": _l("There is a site with the key %(key)s already."),
    "site.unknown": _l("There is no such publication here."),
    "staff.already": _l("This person has a role there already. Change it on their own page."),
    "staff.last-admin": _l(
        "This is the last administrator of all sites. Appoint another first, so that somebody is left."
    ),
    "staff.own": _l("You cannot change your own role. Please ask another administrator."),
    "staff.unknown": _l("Nobody with this address has a role."),
    "thread.moment": _l("This is no day and time. Write it like 2026-12-24 18:00."),
    "thread.other-site": _l(
        "There is no such thread on this site. Give the address of its article, as it stands at the desk."
    ),
    "thread.past": _l("This moment has passed. To close the thread now, use the form above."),
    "thread.same": _l("This is the thread itself. Name the one that its comments are to go to."),
    "thread.sure": _l("Tick that you know that this cannot be undone."),
    "thread.title": _l("A title is needed, without hidden characters, of %(most)s characters at most."),
    "thread.url": _l("The address must stand on one of the site’s own origins: %(origins)s."),
    "thread.closed": _l(
        "Comments on this article are closed. Your text is kept here so that you can copy it."
    ),
    "thread.renamed": _l("The title or the address has changed since you read them. Please read them again."),
    "thread.closed-already": _l("This thread is closed already."),
    "thread.open-already": _l("This thread is open already."),
    "thread.unknown": _l("There is no such thread."),
    "undo.has-replies": _l("Replies to this comment are published. Remove it instead."),
    "undo.not-possible": _l("This cannot be undone."),
    "undo.not-yours": _l("Only your own decisions of this session can be undone."),
}
