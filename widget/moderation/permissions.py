"""Who may do what: one map, from role to permissions, and the one function that reads it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from widget.models import Role


class Permission(StrEnum):
    """Something staff may do on a site."""

    READ_QUEUE = "queue.read"
    DECIDE = "comments.decide"
    CLOSE_THREADS = "threads.close"
    BAN_BRIEFLY = "bans.impose.up-to-7-days"
    READ_PEOPLE = "people.read"
    MARK_IDENTITY = "people.identity"
    HANDLE_LETTERBOX = "letterbox.handle"
    BAN_AT_LENGTH = "bans.impose.longer"
    LIFT_BANS = "bans.lift.of-others"
    HANDLE_APPEALS = "appeals.handle"
    ARRANGE_THREADS = "threads.arrange"
    CLOSE_SITES = "sites.close"
    BAN_EVERYWHERE = "bans.impose.everywhere"
    READ_AUDIT = "audit.read"
    AMEND_NETIQUETTE = "netiquette.amend"
    SET_CHECKS = "checks.set"
    READ_FIGURES = "figures.read"
    READ_COLLEAGUES_FIGURES = "figures.read.by-moderator"
    SET_FIGURES = "figures.set"
    KEEP_NOTES = "notes.keep"
    CHANGE_SETTINGS = "settings.change"
    MANAGE_SITES = "sites.manage"
    MANAGE_STAFF = "staff.manage"


_MODERATOR = frozenset(
    {
        Permission.READ_QUEUE,
        Permission.DECIDE,
        Permission.CLOSE_THREADS,
        Permission.BAN_BRIEFLY,
        Permission.READ_PEOPLE,
        Permission.MARK_IDENTITY,
        Permission.HANDLE_LETTERBOX,
        Permission.READ_FIGURES,
    }
)
_EDITOR = _MODERATOR | {
    Permission.BAN_AT_LENGTH,
    Permission.LIFT_BANS,
    Permission.HANDLE_APPEALS,
    Permission.ARRANGE_THREADS,
    Permission.CLOSE_SITES,
    Permission.READ_AUDIT,
    Permission.AMEND_NETIQUETTE,
    Permission.SET_CHECKS,
    Permission.READ_COLLEAGUES_FIGURES,
    Permission.SET_FIGURES,
    Permission.KEEP_NOTES,
    Permission.CHANGE_SETTINGS,
}
_ADMIN = _EDITOR | {Permission.MANAGE_SITES, Permission.MANAGE_STAFF, Permission.BAN_EVERYWHERE}

# The whole policy on one screen; docs/words.md, "People", is its source.
PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.MODERATOR: _MODERATOR,
    Role.EDITOR: _EDITOR,
    Role.ADMIN: _ADMIN,
}

# These concern every site at once, so only a role on all sites carries them.
SERVER_WIDE = frozenset({Permission.BAN_EVERYWHERE})


@dataclass(frozen=True)
class Staff:
    """A member of staff as the services know them: who, and which roles on which sites.

    The key None in `roles` means all sites.
    """

    account_id: int
    name: str
    roles: Mapping[int | None, Role]
    sign_in_id: int | None = None

    def may(self, permission: Permission, site_id: int | None) -> bool:
        """Whether this person holds the permission on that site (None asks for all sites)."""
        candidates = [self.roles.get(None)]
        if site_id is not None and permission not in SERVER_WIDE:
            candidates.append(self.roles.get(site_id))
        return any(role is not None and permission in PERMISSIONS[role] for role in candidates)

    def may_somewhere(self, permission: Permission) -> bool:
        """Whether this person holds the permission on any site at all."""
        return any(self.may(permission, site_id) for site_id in self.roles)

    def sites_where(self, permission: Permission, among: Iterable[int]) -> list[int]:
        """Return those of the given sites on which this person holds the permission."""
        return [site_id for site_id in among if self.may(permission, site_id)]


@dataclass(frozen=True)
class Operator:
    """Whoever has the server's command line: no account, and everything is theirs to do already.

    What they do by command is recorded under this name.
    """

    name: str = "Operator"
    account_id: None = None

    def may(self, permission: Permission, site_id: int | None) -> bool:
        """Whether the operator holds the permission: always."""
        return True


@dataclass(frozen=True)
class Oneself:
    """A reader who does something to their own account that staff are to know of.

    Who it is stands in the reference to the account alone, which erasure can clear; a name in the trail never goes.
    """

    account_id: int
    name: str = "Reader"
