"""Items on their way from the inbox to approved, or rejected with a reason."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from digests.editorial import items
from digests.editorial.errors import Invalid, Stale, WrongState
from digests.models import HistoryEntry, Item
from digests.text.format import Entry
from tests.factories import (
    approve,
    draft,
    in_review,
    live_revision,
    person,
    published,
    source,
    story,
)

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

INBOX, DRAFT, APPROVED, REJECTED = Item.Status.values


def retold(item: Item, **changes: str) -> Entry:
    return replace(item.entry(), **changes)


def test_an_added_item_waits_in_the_inbox_with_one_line_of_history() -> None:
    editor = person()
    item = items.add(
        Entry("标题", "Mira", "https://example.org/a?utm_source=x", ""),
        by=editor,
        language="zh-hans",
        source=source(),
        captured="original",
    )
    assert (item.status, item.url_key) == (INBOX, "example.org/a")
    line = item.history.get()
    assert (line.actor, line.action, line.before, line.after) == (
        editor,
        HistoryEntry.Action.ADD,
        "",
        INBOX,
    )


def test_the_same_link_in_another_spelling_is_refused_and_the_first_item_is_named() -> None:
    first = story(url="https://www.example.org/a/?utm_source=x")
    with pytest.raises(Invalid, match=f"number {first.pk}"):
        story(url="http://example.org/a")
    assert Item.objects.count() == 1


def test_a_rejected_link_does_not_come_back_by_itself() -> None:
    editor = person()
    first = story(url="https://example.org/a", status=INBOX)
    items.reject(first, by=editor, version=first.version, reason="off-topic")
    with pytest.raises(Invalid, match="rejected"):
        story(url="https://example.org/a")


def test_a_repeat_may_use_a_link_again() -> None:
    first = story(url="https://example.org/a")
    again = story(url="https://example.org/a", repeat_of=first, body="另一段。")
    assert again.url_key == first.url_key


def test_a_link_that_is_no_web_address_is_refused() -> None:
    with pytest.raises(Invalid):
        story(url="javascript:alert(1)")


def test_an_item_without_a_headline_is_refused() -> None:
    with pytest.raises(Invalid, match="Headline: This field cannot be blank."):
        items.add(Entry(" ", "", "", ""), by=person(), language="en")
    assert not Item.objects.exists()


def test_two_items_without_a_link_may_stand_beside_each_other() -> None:
    assert story(url="").url_key is story(url="").url_key is None


def test_the_usual_way_leads_from_inbox_to_approved() -> None:
    item = story(status=APPROVED)
    steps = [(line.before, line.after) for line in item.history.all()]
    assert steps == [("", INBOX), (INBOX, DRAFT), (DRAFT, APPROVED)]
    assert item.version == 3


@pytest.mark.parametrize(
    ("verb", "wrong"),
    [
        ("shortlist", [DRAFT, APPROVED, REJECTED]),
        ("approve", [INBOX, APPROVED, REJECTED]),
        ("reject", [APPROVED, REJECTED]),
        ("reopen", [INBOX, DRAFT, APPROVED]),
        ("edit", [REJECTED]),
    ],
)
def test_a_verb_refuses_every_other_state(verb: str, wrong: list[str]) -> None:
    editor = person()
    extra = {"reject": {"reason": "old"}}.get(verb, {})
    for status in wrong:
        item = story(status=INBOX if status == REJECTED else status)
        if status == REJECTED:
            item = items.reject(item, by=editor, version=item.version, reason="old")
        arguments = [item, item.entry()] if verb == "edit" else [item]
        with pytest.raises(WrongState):
            getattr(items, verb)(*arguments, by=editor, version=item.version, **extra)
        assert Item.objects.get(pk=item.pk).version == item.version


def test_an_edit_of_an_approved_item_makes_it_a_draft_again() -> None:
    item = story(status=APPROVED)
    edited = items.edit(item, retold(item, headline="新标题"), by=person(), version=item.version)
    assert (edited.status, edited.headline) == (DRAFT, "新标题")


def test_saving_an_approved_item_unchanged_leaves_it_approved() -> None:
    item = story(status=APPROVED)
    assert items.edit(item, item.entry(), by=person(), version=item.version).status == APPROVED


def test_a_stale_edit_is_refused_and_names_who_was_faster() -> None:
    item = story(status=DRAFT)
    li = person(username="li", first_name="Li", last_name="Wen")
    items.edit(item, retold(item, headline="甲"), by=li, version=item.version)
    with pytest.raises(Stale, match="Li Wen"):
        items.edit(item, retold(item, headline="乙"), by=person(), version=item.version)
    assert Item.objects.get(pk=item.pk).headline == "甲"


def test_an_edit_keeps_what_it_was_not_given() -> None:
    item = story(source=source(), captured="original")
    edited = items.edit(item, retold(item, body="新"), by=person(), version=item.version)
    assert (edited.captured, edited.source, edited.language) == (
        "original", item.source, "zh-hans",
    )  # fmt: skip


def test_an_item_of_an_approved_digest_is_locked_until_it_is_published() -> None:
    item = story()
    digest = approve(in_review(item, date=timezone.now() + timedelta(hours=4)))
    assert digest.status == "approved"
    with pytest.raises(WrongState, match="Send the digest back first"):
        items.edit(item, retold(item, body="晚了"), by=person(), version=item.version)


def test_an_item_of_a_published_digest_may_change_and_nothing_public_does() -> None:
    item = story(body="原文。")
    digest = published(item)
    items.edit(item, retold(item, body="新文。"), by=person(), version=item.version)
    digest.refresh_from_db()
    assert live_revision(digest).entries.get().body == "原文。"
    assert "原文。" in live_revision(digest).text


def test_a_placed_item_cannot_be_rejected() -> None:
    item = story(status=DRAFT)
    digest = draft(item)
    with pytest.raises(WrongState, match=digest.title):
        items.reject(item, by=person(), version=item.version, reason="old")


@pytest.mark.parametrize(("reason", "note"), [("", ""), ("boring", ""), ("other", "  ")])
def test_a_rejection_needs_a_reason_and_other_needs_a_note(reason: str, note: str) -> None:
    item = story(status=INBOX)
    with pytest.raises(Invalid):
        items.reject(item, by=person(), version=item.version, reason=reason, note=note)
    assert Item.objects.get(pk=item.pk).status == INBOX


def test_a_reopened_item_is_in_the_inbox_without_its_reason() -> None:
    item = story(status=INBOX)
    item = items.reject(
        item, by=person(), version=item.version, reason="other", note="no second source"
    )
    assert item.history.latest("pk").note == "no second source"
    item = items.reopen(item, by=person(), version=item.version)
    assert (item.status, item.reason) == (INBOX, "")


def test_an_item_the_file_cannot_hold_is_not_approved() -> None:
    item = story(status=DRAFT, body="[a]: https://example.org/leaks\n\n[a]")
    with pytest.raises(Invalid) as refusal:
        items.approve(item, by=person(), version=item.version)
    assert refusal.value.findings
    assert Item.objects.get(pk=item.pk).status == DRAFT


def test_text_is_kept_in_its_normal_form() -> None:
    item = story("标题\u200b\n第二行", byline=" Mira\t")
    assert (item.headline, item.byline) == ("标题 第二行", "Mira")


def test_a_repeat_has_the_link_it_repeats() -> None:
    first, other = story(url="https://example.org/a"), story(url="https://example.org/b")
    with pytest.raises(Invalid, match="another link"):
        story(url="https://example.org/c", repeat_of=first)
    with pytest.raises(Invalid):
        items.edit(other, other.entry(), by=person(), version=other.version, repeat_of=other)
    again = story(url="https://example.org/a", repeat_of=first)
    third = story(url="https://example.org/a", repeat_of=again)
    assert third.repeat_of == first


@pytest.mark.parametrize("url", ["https://example.org/b", ""])
def test_the_link_of_an_item_that_others_repeat_stays(url: str) -> None:
    item = story("甲", url="https://example.org/a")
    repeat = story("乙", url="https://example.org/a", repeat_of=item)
    with pytest.raises(Invalid, match="“乙” repeats “甲”, whose link therefore stays."):
        items.edit(item, retold(item, url=url), by=person(), version=item.version)
    item.refresh_from_db()
    assert item.url_key == repeat.url_key
    # Another spelling of the same link, and another text of either, change no link.
    spelled = retold(item, url="https://example.org/a?utm_source=x", body="新。")
    items.edit(item, spelled, by=person(), version=item.version)
    items.edit(repeat, retold(repeat, body="新。"), by=person(), version=repeat.version)


def test_an_edited_headline_is_the_one_by_which_a_repeat_is_known() -> None:
    item = story("占位标题", status=INBOX)
    entry = replace(item.entry(), headline="真正的标题！")
    items.edit(item, entry, by=person(), version=item.version, posted_at=timezone.now())
    item.refresh_from_db()
    assert item.headline_key == "真正的标题"
    assert item.posted_at is not None
