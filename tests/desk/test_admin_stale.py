"""Two editors at once: the later save is refused, names the faster editor, and keeps the text."""

import re

import pytest
from django.test import Client

from digests.accounts.roles import EDITOR, REVIEWER
from digests.editorial import compose, items, lifecycle
from digests.models import Digest, Item, User
from tests.desk.test_admin_digests import sent as digest_form
from tests.desk.test_admin_items import sent as item_form
from tests.factories import draft, in_review, person, story
from tests.screens import below, errors, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


@pytest.fixture
def client() -> Client:
    return signed_in(person(EDITOR, username="slow"))


@pytest.fixture
def fast() -> User:
    return person(EDITOR, username="fast", first_name="Fast", last_name="Fingers")


def test_a_stale_item_is_refused_and_its_text_kept(client: Client, fast: User) -> None:
    item = story(status=Item.Status.DRAFT)
    form = item_form(item, url="https://example.org/slow", captured="A long text.")
    entry = item.entry().__class__("Typed fast")
    items.edit(item, entry, by=fast, version=item.version)
    answer = client.post(below(item, "details"), form)
    assert "Fast Fingers" in errors(answer.text)
    assert 'value="https://example.org/slow"' in answer.text
    assert "A long text." in answer.text
    assert "Nothing was saved" in answer.text
    item.refresh_from_db()
    assert (item.headline, item.captured) == ("Typed fast", "")
    # The form still carries the old version: sending it again unread is refused again.
    assert f'name="version" value="{form["version"]}"' in answer.text


def edit_title(digest: Digest, title: str, *, by: User) -> Digest:
    return compose.edit(
        digest,
        by=by,
        version=digest.version,
        title=title,
        date=digest.date,
        categories=[],
        intro="Their intro.",
        outro="",
    )


def test_a_stale_digest_is_refused_and_its_text_kept(client: Client, fast: User) -> None:
    digest = draft()
    form = digest_form(digest, title="Typed slowly", intro="A long intro.")
    edit_title(digest, "Typed fast", by=fast)
    answer = client.post(below(digest, "details"), form)
    assert "Fast Fingers" in errors(answer.text)
    assert 'value="Typed slowly"' in answer.text
    assert "A long intro." in answer.text
    digest.refresh_from_db()
    assert digest.title == "Typed fast"


def test_details_that_nobody_else_changed_are_saved_whatever_became_of_the_stories(
    client: Client, fast: User
) -> None:
    digest = draft()
    form = digest_form(digest, title="Typed slowly")
    assert str(form["seen"]) in client.get(below(digest, "details")).text
    compose.place(digest, story(), by=fast, version=digest.version)
    assert client.post(below(digest, "details"), form).status_code == 302
    digest.refresh_from_db()
    assert (digest.title, digest.placements.count()) == ("Typed slowly", 1)
    # What was seen is not what is saved any more, so the same form once more is stale.
    answer = client.post(below(digest, "details"), form | {"title": "Typed again"})
    assert "Nothing was saved" in answer.text


def test_after_a_refusal_the_saved_details_stand_beside_mine_and_one_is_chosen(
    client: Client, fast: User
) -> None:
    digest, item = draft(), story(status=Item.Status.DRAFT)
    mine = digest_form(digest, title="Mine"), item_form(item, captured="Mine.")
    digest = edit_title(digest, "Theirs", by=fast)
    item = items.edit(item, item.entry(), by=fast, version=item.version, captured="Theirs.")
    for row, form, theirs in [(digest, mine[0], "Their intro."), (item, mine[1], "Theirs.")]:
        address = below(row, "details")
        page = client.post(address, form).text
        assert theirs in page.partition('class="theirs"')[2].partition("Use theirs")[0]
        assert f'<a class="step small" href="{address}">Use theirs</a>' in page
        (version,) = re.findall(r'name="version" value="(\d+)">Overwrite<', page)
        # As the browser sends it: the form's own version, and then the button's.
        answer = client.post(address, form | {"version": [form["version"], version]})
        assert answer.status_code == 302
    digest.refresh_from_db()
    item.refresh_from_db()
    assert (digest.title, digest.intro, item.captured) == ("Mine", "", "Mine.")


def test_what_is_saved_meanwhile_once_more_is_not_overwritten_unseen(
    client: Client, fast: User
) -> None:
    item = story(status=Item.Status.DRAFT)
    form = item_form(item, captured="Mine.")
    for text in ("Theirs.", "Theirs again."):
        item = items.edit(item, item.entry(), by=fast, version=item.version, captured=text)
        page = client.post(below(item, "details"), form).text
        assert text in page
        form["version"] = [item.version, item.version]
    item.refresh_from_db()
    assert item.captured == "Theirs again."


def test_a_text_written_while_the_digest_was_submitted_is_kept(client: Client, fast: User) -> None:
    digest = draft(story(), by=fast)
    form = digest_form(digest, intro="A long intro.")
    lifecycle.submit(digest, by=fast, version=digest.version)
    answer = client.post(below(digest, "details"), form)
    assert "Fast Fingers" in errors(answer.text)
    assert "submitted" in errors(answer.text)
    assert "A long intro." in answer.text
    assert "Overwrite" not in answer.text
    # Nothing may be composed any more, so no button offers it.
    assert 'name="do"' not in client.get(below(digest, "compose")).text


def test_a_text_written_while_the_item_was_rejected_is_kept(client: Client, fast: User) -> None:
    item = story(status=Item.Status.INBOX)
    form = item_form(item, captured="A long text.")
    items.reject(item, by=fast, version=item.version, reason="old")
    answer = client.post(below(item, "details"), form)
    assert "Fast Fingers" in errors(answer.text)
    assert "A long text." in answer.text


def test_a_stale_save_that_would_change_nothing_else_still_says_so(
    client: Client, fast: User
) -> None:
    digest = draft(title="Before")
    form = digest_form(digest, title="Same", intro="Their intro.", categories=["", ""])
    edit_title(digest, "Same", by=fast)
    assert "Fast Fingers" in errors(client.post(below(digest, "details"), form).text)


@pytest.mark.parametrize("do", ["up", "down"])
def test_a_stale_step_of_composing_is_refused(client: Client, fast: User, do: str) -> None:
    first, second = story("a"), story("b")
    digest = draft(first, second)
    data = {"version": digest.version, "do": do, "item": second.pk}
    compose.place(digest, second, by=fast, version=digest.version, position=1)
    answer = client.post(below(digest, "compose"), data, follow=True)
    assert "Fast Fingers" in errors(answer.text)
    assert [p.item for p in digest.placements.in_order()] == [second, first]


def test_a_stale_section_is_refused_and_its_text_kept(client: Client, fast: User) -> None:
    digest = draft()
    data = {"version": digest.version, "heading": "模型", "intro": "A long intro."}
    compose.place(digest, story(), by=fast, version=digest.version)
    answer = client.post(below(digest, "add_section"), data)
    assert "Fast Fingers" in errors(answer.text)
    assert "A long intro." in answer.text
    assert not digest.sections.exists()


def test_a_stale_step_of_an_item_is_refused(client: Client, fast: User) -> None:
    item = story(status=Item.Status.INBOX)
    items.shortlist(item, by=fast, version=item.version)
    for step, data in [("shortlist", {}), ("reject", {"reason": "old", "note": "Kept note"})]:
        address = below(item, "step", step)
        answer = client.post(address, {"version": item.version, **data}, follow=True)
        assert "Fast Fingers" in errors(answer.text)
    assert "Kept note" in answer.text
    item.refresh_from_db()
    assert item.status == "draft"


def test_a_stale_step_of_a_digest_is_refused(fast: User) -> None:
    reviewer = signed_in(person(REVIEWER))
    digest = in_review(by=fast)
    lifecycle.send_back(digest, by=fast, version=digest.version, note="Wait")
    data = {"version": digest.version, "note": "A reason"}
    answer = reviewer.post(below(digest, "step", "withdraw"), data)
    assert "Fast Fingers" in errors(answer.text)
    answer = reviewer.post(below(digest, "restore"), {"version": 1, "number": 1}, follow=True)
    assert "Fast Fingers" in errors(answer.text)


def test_a_step_without_a_version_changes_nothing(client: Client) -> None:
    item = story(status=Item.Status.INBOX)
    for data in ({}, {"version": "x"}):
        client.post(below(item, "step", "shortlist"), data)
    item.refresh_from_db()
    assert item.status == "inbox"


def test_an_item_without_a_version_is_not_saved(client: Client) -> None:
    item = story(status=Item.Status.DRAFT)
    form = item_form(item, captured="New", version="")
    assert client.post(below(item, "details"), form).status_code == 200
    item.refresh_from_db()
    assert item.captured != "New"
