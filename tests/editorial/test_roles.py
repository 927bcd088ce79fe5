"""The role × verb matrix: who may do what, tried for every pair at the verbs themselves."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.utils import timezone

from digests import editorial
from digests.accounts.roles import EDITOR, ROLES
from digests.models import Claim, Digest, Item, ItemDraft, User
from tests.scenes import ACTORS, ALLOWED, SOON, actor, scene

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
        dict(User.objects.exclude(current_digest=None).values_list("pk", "current_digest")),
    ]


@pytest.mark.parametrize("name", ACTORS)
@pytest.mark.parametrize("verb", ALLOWED)
def test_a_verb_serves_those_the_table_names_and_nobody_else(
    verb: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    by = actor(name)
    trial = scene(verb, by)
    if verb == "publish":
        later = timezone.now() + 2 * SOON
        monkeypatch.setattr(timezone, "now", lambda: later)
    before = state()
    if name == "superuser" or name in ALLOWED[verb]:
        trial.act(by=by)
        assert state() != before
    else:
        with pytest.raises(editorial.Forbidden):
            trial.act(by=by)
        assert state() == before


def test_the_table_names_every_verb() -> None:
    verbs = {
        name for name in editorial.__all__ if name[0].islower() and name not in NOT_ACTS_OF_PEOPLE
    }
    assert verbs == set(ALLOWED) - {"send_back_own"}


# Questions, a clock's tick, and what touches nothing but one's own presence, claim or unsaved text;
# `each` is as free as the verb it is given.
NOT_ACTS_OF_PEOPLE = {
    "arrive",
    "drop_draft",
    "each",
    "leave",
    "may_approve_alone",
    "needing_other_eyes",
    "needs_other_eyes",
    "next_to_write",
    "release",
    "style_for",
    "available",
    "gone",
    "may_approve_ready",
    "may_be_placed",
    "may_compose",
    "may_delete",
    "may_edit",
    "publish_due",
    "sentence",
    "sentences",
}


@pytest.mark.parametrize("name", ACTORS)
def test_the_verbs_offered_are_the_verbs_allowed(name: str) -> None:
    by = actor(name)
    for verb in ("submit", "approve", "correct", "abandon", "withdraw", "reopen_digest", "restore"):
        row = scene(verb, by).row
        assert isinstance(row, Digest)
        offered = verb.removesuffix("_digest") in editorial.available(row, by)
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
