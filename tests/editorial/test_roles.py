"""The role × verb matrix: who may do what, tried for every pair at the verbs themselves."""

import inspect

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from digests.accounts.roles import EDITOR, ROLES
from digests.editorial import (
    collaboration,
    compose,
    deleting,
    filing,
    importing,
    items,
    lifecycle,
    planning,
    slots,
    triage,
    writing,
)
from digests.editorial.errors import Forbidden
from digests.editorial.guards import available
from digests.models import Claim, Digest, Item, ItemDraft, Series, SeriesCategory, Slot, User, clock
from tests.scenes import ACTORS, ALLOWED, SOON, Scene, actor, scene

pytestmark = pytest.mark.django_db


def state() -> list[object]:
    """Everything a verb could have changed."""
    return [
        *(
            list(model.objects.order_by("pk").values_list("pk", "version", "status"))
            for model in (Item, Digest)
        ),
        list(Claim.objects.order_by("pk").values_list("item", "user")),
        list(ItemDraft.objects.order_by("pk").values_list("item", "user")),
        list(Item.objects.order_by("pk").values_list("not_before")),
        list(Slot.objects.order_by("pk").values()),
        list(Series.objects.values("paused_at", "planned_until", "next_edition_at")),
        list(SeriesCategory.objects.order_by("pk").values_list("series", "category")),
        dict(User.objects.exclude(current_digest=None).values_list("pk", "current_digest")),
    ]


def serves(trial: Scene, name: str) -> bool:
    """Whether a verb does its work for an actor; what it did is undone."""
    with transaction.atomic():
        by = actor(name)
        trial.give_to(by)
        before = state()
        try:
            trial.act(by=by)
        except Forbidden:
            is_served = False
        else:
            is_served = True
        assert (state() != before) == is_served, name
        transaction.set_rollback(True)
    return is_served


@pytest.mark.parametrize("verb", ALLOWED)
def test_a_verb_serves_those_the_table_names_and_nobody_else(
    verb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial = scene(verb)
    if verb == "publish":
        later = timezone.now() + 2 * SOON
        monkeypatch.setattr(clock, "now", lambda: later)
    served = {name for name in ACTORS if serves(trial, name)}
    assert served == ALLOWED[verb] | {"superuser"}


MODULES = [
    *(collaboration, compose, deleting, filing, importing, items, lifecycle, planning, slots),
    *(triage, writing),
]


def test_the_table_names_every_verb() -> None:
    verbs = {
        f"{module.__name__.rpartition('.')[2]}.{name}": function
        for module in MODULES
        for name, function in vars(module).items()
        if inspect.isfunction(function)
        and function.__module__ == module.__name__
        and not name.startswith("_")
    }
    tried = {scene(verb).act.func for verb in ALLOWED}  # type: ignore[attr-defined]  # a partial
    missing = {name for name, function in verbs.items() if function not in tried}
    assert missing == NOT_ACTS_OF_PEOPLE


# Questions, a clock's tick, what touches nothing but one's own presence, claim or unsaved text, and
# what other verbs call; `each` is as free as the verb it is given.
NOT_ACTS_OF_PEOPLE = {
    "collaboration.drop_draft",
    "collaboration.heartbeat",
    "collaboration.leave",
    "collaboration.release",
    "compose.append",
    "compose.finish_removal",
    "compose.make_placeable",
    "compose.may_be_placed",
    "compose.may_compose",
    "compose.refuse_if_full",
    "deleting.may_delete",
    "deleting.why_not",
    "filing.file_under",
    "items.errors_in",
    "items.link_key",
    "items.may_edit",
    "items.refuse_if_in_approved_digest",
    "items.refuse_if_placed",
    "lifecycle.may_approve_alone",
    "lifecycle.needing_other_eyes",
    "lifecycle.needs_other_eyes",
    "lifecycle.publish_due",
    "planning.instants",
    "planning.keep",
    "planning.record_slot",
    "planning.fit_next_window",
    "planning.slot_title",
    "planning.untouched_drafts",
    "planning.windows",
    "slots.may_move",
    "triage.each",
    "writing.may_approve_ready",
}


@pytest.mark.parametrize("name", ACTORS)
def test_the_verbs_offered_are_the_verbs_allowed(name: str) -> None:
    by = actor(name)
    for verb in ("submit", "approve", "correct", "abandon", "withdraw", "reopen_digest", "restore"):
        row = scene(verb).row
        assert isinstance(row, Digest)
        offered = verb.removesuffix("_digest") in available(row, by)
        assert offered == (name == "superuser" or name in ALLOWED[verb]), verb


def test_a_role_keeps_what_an_administrator_added_and_regains_what_it_lacks() -> None:
    group = Group.objects.get(name=EDITOR)
    extra = Permission.objects.get(codename="withdraw_digest")
    group.permissions.add(extra)
    group.permissions.remove(Permission.objects.get(codename="add_item"))
    call_command("migrate", verbosity=0)
    held = set(group.permissions.values_list("codename", flat=True))
    assert held == ROLES[EDITOR] | {"withdraw_digest"}


def test_every_permission_of_a_role_exists() -> None:
    for name, codenames in ROLES.items():
        held = Group.objects.get(name=name).permissions.values_list("codename", flat=True)
        assert set(held) == codenames
