"""Rule 2: a name that can be taken for a protected one, or that its writer has not signed with until now.

People share names, and correct their own, so this only says that they do.
"""

from collections.abc import Iterator

from widget.netiquette.rule import Context, Draft, Finding, Rule
from widget.text.skeleton import skeletons


def check(draft: Draft, context: Context) -> Iterator[Finding]:
    """Tell the editor of the first protected name that reads the same as the draft's signature, and of a changed one.

    Whose names are protected is the service's to say; the writer's own account is never among them.
    """
    if draft.name and context.signed_before and draft.name != context.signed_before:
        yield Finding(2, "impersonation.new-name", "editor", params={"name": context.signed_before})
    if not draft.name or not context.protected:
        return
    signed = skeletons(draft.name)
    same = next((name for name in context.protected if not signed.isdisjoint(skeletons(name))), None)
    if same is not None:
        yield Finding(2, "impersonation.same-name", "editor", params={"name": same})


IMPERSONATION = Rule(slug="no-impersonation", name="impersonation", check=check, audience="editor")
