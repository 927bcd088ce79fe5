"""The transitions between states: each declared once, in the order of a row's life."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

# Names of groups; each role may do what the one before it may, and more.
EDITOR, REVIEWER, ADMINISTRATOR = "Editor", "Reviewer", "Administrator"


class ItemStatus(models.TextChoices):
    INBOX = "inbox", _("inbox")
    DRAFT = "draft", _("shortlisted")
    APPROVED = "approved", _("approved")
    REJECTED = "rejected", _("rejected")


class DigestStatus(models.TextChoices):
    DRAFT = "draft", _("draft")
    REVIEW = "review", _("in review")
    APPROVED = "approved", _("approved")
    PUBLISHED = "published", _("published")
    WITHDRAWN = "withdrawn", _("withdrawn")


@dataclass(frozen=True)
class Transition:
    """A step from some states to one. Its name is the action that the history records."""

    sources: frozenset[str]
    target: str
    role: str  # the lowest that may take it
    permission: str
    title: str = ""  # of the permission, where it is not one of Django's own
    owner_permission: str = ""  # enough for the owner of the digest
    needs_live: bool = False  # whether the public must see something already
    submitter_only: bool = False  # whether it is for the user who submitted the digest alone
    system: bool = False  # whether commands and tasks may take it, too


def _item(
    *sources: ItemStatus, to: ItemStatus, permission: str = "change_item", title: str = ""
) -> Transition:
    return Transition(frozenset(sources), to, EDITOR, permission, title)


ITEM_TRANSITIONS = {
    "shortlist": _item(ItemStatus.INBOX, to=ItemStatus.DRAFT),
    "approve": _item(
        ItemStatus.DRAFT,
        to=ItemStatus.APPROVED,
        permission="approve_item",
        title="Can approve items",
    ),
    "reject": _item(ItemStatus.INBOX, ItemStatus.DRAFT, to=ItemStatus.REJECTED),
    "reopen": _item(ItemStatus.REJECTED, to=ItemStatus.INBOX),
}

_Status = DigestStatus
# The states of a digest that is being made.
ON_THE_WAY = (_Status.DRAFT, _Status.REVIEW, _Status.APPROVED)
DIGEST_TRANSITIONS = {
    "submit": Transition(
        frozenset({_Status.DRAFT}), _Status.REVIEW, EDITOR, "submit_digest", "Can submit digests"
    ),
    "take_back": Transition(
        frozenset({_Status.REVIEW}), _Status.DRAFT, EDITOR, "submit_digest", submitter_only=True
    ),
    "send_back": Transition(
        frozenset({_Status.REVIEW, _Status.APPROVED}),
        _Status.DRAFT,
        REVIEWER,
        "send_back_digest",
        "Can send back anybody's digest",
        owner_permission="submit_digest",
    ),
    "approve": Transition(
        frozenset({_Status.REVIEW}),
        _Status.APPROVED,
        REVIEWER,
        "approve_digest",
        "Can approve digests",
    ),
    "publish": Transition(
        frozenset({_Status.APPROVED}),
        _Status.PUBLISHED,
        REVIEWER,
        "publish_digest",
        "Can publish digests",
        system=True,
    ),
    "correct": Transition(
        frozenset({_Status.PUBLISHED}),
        _Status.DRAFT,
        REVIEWER,
        "correct_digest",
        "Can correct digests",
    ),
    "abandon": Transition(
        frozenset(ON_THE_WAY),
        _Status.PUBLISHED,
        REVIEWER,
        "abandon_digest",
        "Can abandon corrections",
        needs_live=True,
    ),
    "withdraw": Transition(
        frozenset(set(_Status) - {_Status.WITHDRAWN}),
        _Status.WITHDRAWN,
        REVIEWER,
        "withdraw_digest",
        "Can withdraw digests",
        needs_live=True,
    ),
    "reopen": Transition(
        frozenset({_Status.WITHDRAWN}),
        _Status.DRAFT,
        REVIEWER,
        "reopen_digest",
        "Can reopen digests",
    ),
    "restore": Transition(
        frozenset({_Status.DRAFT}),
        _Status.DRAFT,
        REVIEWER,
        "restore_digest",
        "Can restore revisions",
    ),
}


# What the system itself may do: these steps, import and the drafts of slots, which begin a digest's
# life, and what keeps the slots.
SYSTEM_PERMISSIONS = {
    *("import_digest", "add_digest", "plan_slot"),
    *(step.permission for step in DIGEST_TRANSITIONS.values() if step.system),
}


def own_permissions(transitions: Iterable[Transition]) -> list[tuple[str, str]]:
    """The permissions that a model's Meta must add to Django's own."""
    return [(each.permission, each.title) for each in transitions if each.title]


def permissions_of(role: str) -> set[str]:
    """The permissions for transitions that begin with this role: no role below it has them."""
    steps = [*ITEM_TRANSITIONS.values(), *DIGEST_TRANSITIONS.values()]
    return {step.permission for step in steps if step.role == role}
