"""Roles at screens and addresses: each verb with the last role that may not and the first that may.

What the verbs refuse, no screen or address grants.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.forms.models import model_to_dict
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from digests.accounts.roles import EDITOR
from digests.desk import undo
from digests.models import Category, Digest, Item, Series, Slot, clock
from tests.editorial.test_roles import state
from tests.factories import PAST, person, published, series, story
from tests.scenes import (
    ALLOWED,
    AT_THE_DESK,
    OF_THE_SYSTEM,
    SOON,
    Scene,
    an_archived_digest,
    scene,
    user_of_role,
)
from tests.screens import below, signed_in

pytestmark = pytest.mark.django_db

# The roles, each of which may do more than the one before it; a member has none.
STAFF = ["member", "editor", "reviewer", "administrator"]
# Verbs that the inbox takes, with what its buttons say.
IN_THE_INBOX = {
    "edit_details": "edit",
    "shortlist": "shortlist",
    "reject": "reject",
    "reopen": "reopen",
    "undo": "undo",
    "claim": "claim",
    "take_in": "place",
    "take_out": "undo",
}
# Verbs that the board takes, with what its forms send.
ON_THE_BOARD: dict[str, dict[str, object]] = {
    "take_slot": {"do": "take"},
    "skip": {"do": "skip", "reason": "假日"},
    "unskip": {"do": "unskip"},
    "make_draft": {"do": "draft"},
    "make_now": {"do": "make"},
    "move": {"do": "move"},
    "free": {"do": "free"},
}
DIGEST_STEPS = {
    "submit", "take_back", "send_back", "publish", "correct", "abandon", "withdraw", "reopen",
}  # fmt: skip


def both_sides(verb: str) -> list[str]:
    """The last role that may not do a verb, and the first that may.

    Every role is tried at the verbs themselves, in test_roles.py; a door can be open too wide or
    shut too tightly, and these two would find that.
    """
    first = next(number for number, name in enumerate(STAFF) if name in ALLOWED[verb])
    return [STAFF[first - 1], STAFF[first]]


def item_form(**changes: object) -> dict[str, object]:
    return {"url": "", "language": "zh-hans", "captured": "改过"} | changes


def digest_form(digest: Digest) -> dict[str, object]:
    return {
        "title": "改过",
        "date_0": f"{PAST:%Y-%m-%d}",
        "date_1": f"{PAST:%H:%M:%S}",
        "intro": "",
        "outro": "",
        "version": digest.version,
    }


def series_form(*categories: Category) -> dict[str, object]:
    fields = ("name", "language", "time_zone", "slug", "path_pattern")
    extra: dict[str, object] = {"extra": "{}", "categories": [each.pk for each in categories]}
    return model_to_dict(Series.objects.get(), fields) | extra


def on_screen(verb: str, trial: Scene) -> tuple[str, dict[str, object]]:
    """The address and the fields with which the admin takes a verb."""
    row = trial.row
    verb = verb.removesuffix("_own")
    if verb == "add_item":
        return reverse("admin:digests_item_add"), item_form(headline="改过")
    if verb == "new_digest":
        return reverse("admin:digests_digest_add"), {"series": series().pk, "title": "新一期"}
    if verb in ("pause", "resume"):
        return below(Series.objects.get(), verb), {}
    if verb == "file_drafts":
        return below(Series.objects.get(), "change"), series_form(Category.objects.get())
    if verb in ON_THE_BOARD:
        return reverse("admin:board"), ON_THE_BOARD[verb] | of_slot(verb, row)
    assert row is not None
    version: dict[str, object] = {"version": row.version}
    if verb in ("delete_item", "delete_digest"):
        return below(row, "delete"), version
    if isinstance(row, Item):
        writing = {
            "save_text": {"do": "save", "headline": "改过"},
            "approve_ready": {"do": "approve"},
        }
        if verb in writing:
            return below(row, "write"), version | asdict(row.entry()) | writing[verb]
        if verb == "set_embargo":
            until = {"not_before_0": "2126-12-01", "not_before_1": "20:00"}
            return below(row, "embargo"), version | until
        if verb == "put_into_next":
            return below(row, "write"), version | {"do": f"next-{Series.objects.get().pk}"}
        if verb == "edit_item":
            return below(row, "details"), item_form(version=row.version)
        return reverse(
            "admin:digests_item_step", args=[row.pk, verb.removesuffix("_item")]
        ), version | trial.form
    if verb == "edit_digest":
        return below(row, "details"), digest_form(row)
    composing: dict[str, Callable[[], dict[str, object]]] = {
        "place": lambda: {"do": "place", "item": story().pk},
        "remove": lambda: {"do": "remove", "item": row.placements.latest("position").item_id},
        "move_section": lambda: {"do": "earlier", "section": row.sections.get().pk},
        "remove_section": lambda: {"do": "dissolve", "section": row.sections.get().pk},
    }
    if verb in composing:
        return below(row, "compose"), version | composing[verb]()
    if verb == "add_section":
        return below(row, "add_section"), version | {"heading": "研究"}
    if verb == "edit_section":
        return below(row, "section", row.sections.get().pk), version | trial.form
    if verb == "approve":
        return below(row, "approve"), version | trial.form
    if verb == "restore":
        return below(row, "restore"), version | {"number": 1}
    step = verb.removesuffix("_digest")
    assert step in DIGEST_STEPS
    return below(row, "step", step), version | trial.form


def of_slot(verb: str, row: Item | Digest | None) -> dict[str, object]:
    """What the board sends of the slot of a scene, and of its digest."""
    all_slots = Slot.objects.order_by("due_at")
    worked_on = all_slots.exclude(digest=None, skip_reason="")[0]
    slot = all_slots.reverse()[0] if verb == "make_draft" else worked_on
    # One more slot at two past an hour, when the schedule has none.
    minutes = 61 - timezone.now().minute
    sent: dict[str, object] = {"slot": slot.pk, "series": slot.series_id, "minutes": minutes}
    if row is not None:
        later = all_slots.filter(due_at__gt=slot.due_at)[0]
        sent |= {"version": row.version, "to": later.pk}
    return sent


@pytest.mark.parametrize(
    "verb", sorted(set(ALLOWED) - {"import_digest"} - AT_THE_DESK - OF_THE_SYSTEM)
)
def test_a_screen_takes_a_verb_for_those_the_table_names(
    verb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial = scene(verb)
    address, fields = on_screen(verb, trial)
    if verb == "publish":
        later = timezone.now() + 2 * SOON
        monkeypatch.setattr(clock, "now", lambda: later)
    for name in both_sides(verb):
        by = user_of_role(name)
        trial.give_to(by)
        client = signed_in(by)
        before = state()
        answer = client.post(address, fields)
        assert answer.status_code in (200, 302, 403)
        assert (state() != before) == (name in ALLOWED[verb]), (name, answer.status_code)


def at_the_desk(verb: str, trial: Scene) -> tuple[str, str, dict[str, object]]:
    """Method, address and body with which the desk's API takes a verb."""
    row = trial.row
    assert row is not None
    text = {"version": row.version, "headline": "改过"}
    requests: dict[str, tuple[str, str, dict[str, object]]] = {
        "claim_for_writing": ("post", f"items/{row.pk}/hold/", {}),
        "keep_draft": ("put", f"items/{row.pk}/draft/", text),
    }
    return requests[verb]


@pytest.mark.parametrize(
    "verb", sorted(AT_THE_DESK - {"work_on", "complete"} - IN_THE_INBOX.keys())
)
def test_the_desks_api_takes_a_verb_for_those_the_table_names(verb: str) -> None:
    trial = scene(verb)
    method, path, body = at_the_desk(verb, trial)
    for name in both_sides(verb):
        client = signed_in(user_of_role(name))
        before = state()
        answer = getattr(client, method)(f"/api/desk/{path}", body, "application/json")
        assert (state() != before) == (name in ALLOWED[verb]), (name, answer.content)
        assert (answer.status_code == 403) == (name not in ALLOWED[verb]), name


@pytest.mark.parametrize("verb", IN_THE_INBOX)
def test_the_inbox_takes_a_verb_for_those_the_table_names(verb: str) -> None:
    trial = scene(verb)
    item = trial.row
    assert item is not None
    sent = {"do": IN_THE_INBOX[verb], "item": item.pk, f"version-{item.pk}": item.version}
    digest = trial.form.get("to")
    if isinstance(digest, Digest):
        sent["digest"] = digest.pk
    if verb == "take_out":
        sent = {"do": "undo"}
    for name in both_sides(verb):
        by = user_of_role(name)
        trial.give_to(by)
        client = signed_in(by)
        if verb == "take_out":
            remember_placing(client, item, digest)
        before = state()
        answer = client.post("/admin/inbox/", sent | {"reason": "old", "byline": "别人"})
        assert (state() != before) == (name in ALLOWED[verb]), (name, answer.content)
        assert (answer.status_code == 403) == (name not in ALLOWED[verb]), name


def remember_placing(client: Client, item: Item | Digest, digest: object) -> None:
    """As if whoever is signed in had put the item into the digest, whatever they may do now."""
    assert isinstance(item, Item) and isinstance(digest, Digest)
    act = undo.Act(
        name="place",
        rows=[(item.pk, item.version)],
        digest=digest.pk,
        shortlisted=[],
        before={},
        refused=0,
        reasons=[],
    )
    session = client.session
    session[undo.KEY] = [act]
    session.save()


@pytest.mark.parametrize("name", both_sides("work_on"))
def test_a_current_digest_is_chosen_by_those_who_compose(name: str) -> None:
    by = user_of_role(name)
    digest = scene("work_on").row
    assert digest is not None
    signed_in(by).post("/admin/current/", {"digest": digest.pk})
    by.refresh_from_db()
    assert by.current_digest == (digest if name in ALLOWED["work_on"] else None)


@pytest.mark.parametrize("name", ["anonymous", "superuser"])
def test_the_api_lets_nobody_change_anything(name: str) -> None:
    digest = published()
    client = Client() if name == "anonymous" else signed_in(user_of_role(name))
    before = state()
    for path in ("digests/", f"digests/{digest.series.slug}/{digest.slug}/"):
        for method in ("post", "put", "patch", "delete"):
            answer = getattr(client, method)(f"/api/v1/{path}", "{}", "application/json")
            assert answer.status_code == 405, (method, path)
    assert state() == before


def test_the_commands_import_as_the_system(tmp_path: Path) -> None:
    (tmp_path / "2026-11-20-0800.md").write_text(an_archived_digest())
    series()
    call_command("import_digests", str(tmp_path), series="global-ai", verbosity=0)
    digest = Digest.objects.get()
    assert digest.status == "published"
    assert {move.actor for move in digest.history.all()} == {None}


def test_every_page_of_the_admin_asks_who_is_there() -> None:
    """Every address below /admin/, for nobody, for staff without a role, and by GET for an editor:
    none but the ways in answers the first two, and no GET changes anything."""
    digest, item = published(), story(status=Item.Status.INBOX)
    slot = Slot.objects.create(
        series=digest.series, due_at=digest.date, window_begins=digest.date - SOON, digest=digest
    )
    open_to_all = {
        "login", "logout", "password_reset", "password_reset_done", "password_reset_confirm",
        "jsi18n",
    }  # fmt: skip
    rows = {
        "digest": digest.pk,
        "item": item.pk,
        "series": digest.series_id,
        "category": digest.categories.get().pk,
        "group": Group.objects.get(name=EDITOR).pk,
        "user": digest.owner_id,
        "source": 0,
        "exportedfile": 0,
        "site": 1,
        "slot": slot.pk,
    }
    nobody, member, editor = Client(), signed_in(user_of_role("member")), signed_in(person(EDITOR))
    before = state()
    tried = 0
    for name, address in admin_addresses(rows):
        if name in open_to_all:
            continue
        tried += 1
        answer = nobody.get(address)
        assert answer.status_code in (302, 401, 403, 404, 405), (name, address)
        if answer.status_code == 302:
            assert "/admin/login/" in answer["Location"] or answer["Location"] in address + "/", (
                name
            )
        if name not in {"index", "own_settings", "password_change", "password_change_done"}:
            assert member.get(address).status_code in (302, 403, 404, 405), (name, address)
        assert editor.get(address).status_code == expected_of_an_editor(name), (name, address)
    assert tried > 50
    assert state() == before


def expected_of_an_editor(name: str) -> int:
    """The status of a page that an editor asks for by GET."""
    if name in {
        "digests_digest_restore",
        "digests_user_link",
        "overwrite_newer_folder",
        "hide_first_steps",
    }:
        return 405
    if name in {"digests_series_pause", "digests_series_resume"}:
        return 405
    if name in {"digests_digest_section", "digests_item_step"}:
        return 404  # The digest has no such section; “submit” is no step of an item.
    if name in {"digests_digest_step", "digests_digest_approve", "digests_digest_delete"}:
        return 302  # A published digest offers none of them.
    if name == "turnaround":
        return 403
    if name == "alarms":
        return 302  # Without a script it leads to Today.
    if name in {"digests_item_change", "digests_digest_change"}:
        return 302  # Where the admin's own forms were, they lead to the desk.
    if name in {
        f"digests_{noun}_{page}"
        for noun in ("source", "exportedfile")
        for page in ("change", "history")
    }:
        return 302  # There is none.
    *_app, noun, page = ["", *name.split("_")]
    if noun in ("user", "group") or name == "autocomplete":
        return 403
    if noun in ("series", "source", "category", "exportedfile", "site") and page in (
        "add",
        "delete",
        "example",
    ):
        return 403
    if (noun, page) == ("site", "changelist"):
        return 302  # It is one.
    return 200


def admin_addresses(rows: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Every named address of the admin, with the numbers of real rows where it takes one."""
    resolver = get_resolver().namespace_dict["admin"][1]
    for name in {key for key in resolver.reverse_dict if isinstance(key, str)}:
        noun = next((noun for noun in rows if f"_{noun}_" in name), "digest")
        for possibility in resolver.reverse_dict.getlist(name):
            for _template, parameters in possibility[0]:
                given = {
                    parameter: {
                        "verb": "submit",
                        "uidb64": "MQ",
                        "token": "x-y",
                        "item": rows["item"],
                    }.get(parameter, rows[noun])
                    for parameter in parameters
                }
                if parameters == ["app_label"] or "content_type_id" in parameters:
                    continue
                if "url" in parameters:
                    continue
                yield name, reverse(f"admin:{name}", kwargs=given)
