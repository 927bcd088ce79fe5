"""Items: their list, the form of a new one, their details and their steps."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from digests.accounts.roles import ADMINISTRATOR, EDITOR
from digests.desk import frames, item_details
from digests.editorial import items
from digests.models import Item, User
from digests.models.transitions import ItemStatus
from tests.factories import approve as approve_digest
from tests.factories import in_review, person, published, source, story
from tests.screens import below, change, errors, offered, signed_in

pytestmark = pytest.mark.django_db
LIST = "/admin/digests/item/"
ADD = "/admin/digests/item/add/"
PAGES = ("write", "details", "history", "delete")


def sent(item: Item | None = None, **fields: object) -> dict[str, object]:
    """What the form of an item's details sends, or that of a new item."""
    data: dict[str, object] = {"headline": "Headline", "language": "en"}
    if item:
        data = {
            "url": item.url,
            "source": item.source_id or "",
            "language": item.language,
            "captured": item.captured.replace("\n", "\r\n"),
            "version": item.version,
        }
        if item.repeat_of_id:
            data["repeats"] = "on"
    return data | fields


def details(item: Item) -> str:
    return below(item, "details")


def write(item: Item) -> str:
    return below(item, "write")


def test_an_item_is_added_through_the_verb(client: Client, editor: User) -> None:
    answer = client.post(ADD, sent(headline="  New chip ", url="https://Example.org/a", body="x"))
    item = Item.objects.get()
    assert answer.headers["Location"] == write(item)
    assert (item.headline, item.status, item.changed_by) == ("New chip", ItemStatus.INBOX, editor)
    assert [move.action for move in item.history.all()] == ["add"]


def test_a_button_pressed_twice_adds_one_item(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for form in (sent(url=""), sent(url="https://Example.org/a", captured="One.\r\n")):
        first, second = (client.post(ADD, form) for _press in range(2))
        assert first.headers["Location"] == second.headers["Location"]
    assert Item.objects.count() == 2
    client.post(ADD, sent(url="", language="zh-hans"))
    assert Item.objects.count() == 3
    # Later the same text is another item's.
    monkeypatch.setattr(item_details, "SECOND_PRESS", timedelta(0))
    client.post(ADD, sent(url=""))
    assert Item.objects.count() == 4


def test_a_known_link_is_refused_naming_and_linking_the_item(client: Client) -> None:
    first = story("The first", url="https://example.org/a")
    answer = client.post(
        ADD, sent(headline="Typed with care", url="https://example.org/a?utm_source=x")
    )
    assert answer.status_code == 200
    assert "already in “The first”" in errors(answer.text)
    assert f'href="{write(first)}"' in answer.text
    assert 'value="Typed with care"' in answer.text
    assert Item.objects.count() == 1


def test_a_repeat_says_that_it_tells_a_link_again(client: Client) -> None:
    first = story(url="https://example.org/a")
    client.post(ADD, sent(url="https://example.org/a?utm_source=x", repeats="on"))
    again = Item.objects.get(repeat_of=first)
    page = client.get(details(again)).text
    assert f'href="{write(first)}"' in page
    assert re.search(r'<input[^>]*name="repeats"[^>]*checked', page)
    # Under another link it repeats nothing any more.
    client.post(details(again), sent(again, url="https://example.org/b", repeats=""))
    again.refresh_from_db()
    assert (again.repeat_of, again.url) == (None, "https://example.org/b")
    client.post(details(again), sent(again, url="https://example.org/a", repeats="on"))
    again.refresh_from_db()
    assert again.repeat_of == first


def test_an_item_that_repeats_none_cannot_say_so(client: Client) -> None:
    item = story(url="https://example.org/a")
    answer = client.post(details(item), sent(item, repeats="on"))
    assert "No other story has this link." in errors(answer.text)
    answer = client.post(ADD, sent(headline="Kept", url="", repeats="on"))
    assert "No other story has this link." in errors(answer.text)
    assert 'value="Kept"' in answer.text


def test_a_text_the_file_cannot_hold_is_kept_and_explained(client: Client) -> None:
    answer = client.post(ADD, sent(url="javascript:alert(1)", body="kept"))
    assert errors(answer.text)
    assert "kept" in answer.text
    assert not Item.objects.exists()


def test_the_details_of_an_item_are_changed_through_the_verb(client: Client, editor: User) -> None:
    item = story(status=ItemStatus.DRAFT, body="Body.")
    feed = source("Feed")
    form = sent(item, source=feed.pk, language="en", captured="One.\r\nTwo. \r\n")
    answer = client.post(details(item), form)
    assert answer.headers["Location"] == write(item)
    item.refresh_from_db()
    assert (item.source, item.language, item.captured) == (feed, "en", "One.\nTwo. \n")
    assert (item.body, item.version, item.changed_by) == ("Body.", 3, editor)
    assert item.history.latest("pk").action == "edit"


def test_when_an_item_was_posted_is_told_in_the_editors_zone(client: Client, editor: User) -> None:
    editor.time_zone = "America/New_York"
    editor.save()
    item = story(status=ItemStatus.DRAFT, posted_at=datetime(2026, 11, 20, 0, 30, tzinfo=UTC))
    page = client.get(details(item)).text
    assert 'value="2026-11-19"' in page
    assert 'value="19:30:00"' in page
    clock = {"posted_at_0": "2026-11-19", "posted_at_1": "20:00:00"}
    client.post(details(item), sent(item, **clock))
    item.refresh_from_db()
    assert item.posted_at == datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
    client.post(details(item), sent(item))
    item.refresh_from_db()
    assert item.posted_at is None


def test_saving_without_a_change_leaves_no_trace(client: Client) -> None:
    posted = datetime(2026, 10, 25, 1, 30, 0, 657_000, tzinfo=UTC)
    item = story(
        status=ItemStatus.DRAFT, source=source(), captured=" One.\n\nTwo.\n", posted_at=posted
    )
    moves = item.history.count()
    clock = {"posted_at_0": "2026-10-25", "posted_at_1": "01:30:00"}
    assert client.post(details(item), sent(item, **clock)).status_code == 302
    assert item.history.count() == moves
    client.post(details(item), sent(item, captured="", **clock))
    item.refresh_from_db()
    assert (item.captured, item.posted_at) == ("", posted)


def test_an_approved_item_becomes_a_draft_when_its_link_changes_and_only_then(
    client: Client,
) -> None:
    item = story()
    client.post(details(item), sent(item, captured="The original."))
    item.refresh_from_db()
    assert (item.status, item.captured) == (ItemStatus.APPROVED, "The original.")
    answer = client.post(details(item), sent(item, url="https://example.org/b"), follow=True)
    item.refresh_from_db()
    assert (item.status, item.url) == (ItemStatus.DRAFT, "https://example.org/b")
    assert "The story is a draft again" in answer.text


@pytest.mark.parametrize(
    ("status", "steps"),
    [
        (ItemStatus.INBOX, {"shortlist", "reject"}),
        # Approving is a button of the form, which saves the text before.
        (ItemStatus.DRAFT, {"reject"}),
        (ItemStatus.APPROVED, set()),
    ],
)
def test_the_editor_offers_the_steps_of_its_state(
    client: Client, status: ItemStatus, steps: set[str]
) -> None:
    assert offered(client.get(write(story(status=status))).text) == steps


def test_who_approves_and_does_not_write_has_a_button_for_it() -> None:
    user = person(role=None)
    User.objects.filter(pk=user.pk).update(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_item", "approve_item"]))
    item = story(status=ItemStatus.DRAFT)
    client = signed_in(user)
    page = client.get(write(item)).text
    assert offered(page) == {"approve"}
    assert 'value="save"' not in page
    client.post(below(item, "step", "approve"), {"version": item.version})
    item.refresh_from_db()
    assert item.status == ItemStatus.APPROVED


def test_an_item_goes_its_way_by_buttons(client: Client) -> None:
    item = story(status=ItemStatus.INBOX)
    steps = [("shortlist", "draft", "Shortlisted"), ("approve", "approved", "Approved")]
    for step, status, said in steps:
        answer = client.post(below(item, "step", step), {"version": item.version}, follow=True)
        item.refresh_from_db()
        assert item.status == status
        assert answer.request["PATH_INFO"] == write(item)
        assert f"{said}: {item}" in answer.text


def test_a_rejection_asks_for_a_reason_and_keeps_the_note(client: Client) -> None:
    item = story(status=ItemStatus.INBOX)
    address = below(item, "step", "reject")
    assert 'name="reason"' in client.get(address).text
    answer = client.post(address, {"version": item.version, "reason": "other", "note": " "})
    assert "needs a note" in errors(answer.text)
    answer = client.post(address, {"version": item.version, "note": "Kept note"})
    assert "Kept note" in answer.text
    item.refresh_from_db()
    assert item.status == ItemStatus.INBOX
    client.post(address, {"version": item.version, "reason": "old", "note": "Too late"})
    item.refresh_from_db()
    assert (item.status, item.reason) == ("rejected", "old")
    assert item.history.latest("pk").note == "Too late"
    page = client.get(write(item)).text
    assert offered(page) == {"reopen"}
    assert "Too late" in page


def test_a_rejected_item_is_read_only_until_it_is_reopened(client: Client, editor: User) -> None:
    item = story(status=ItemStatus.INBOX)
    item = items.reject(item, by=editor, version=item.version, reason="old")
    page = client.get(details(item)).text
    assert '<button type="submit" class="step go">Save' not in page
    assert 'value="save"' not in client.get(write(item)).text
    answer = client.post(details(item), sent(item, captured="Typed meanwhile"))
    assert "not possible" in errors(answer.text)
    assert "Typed meanwhile" in answer.text
    client.post(below(item, "step", "reopen"), {"version": item.version})
    assert '<button type="submit" class="step go">Save' in client.get(details(item)).text


def test_an_item_of_an_approved_digest_is_read_only(client: Client) -> None:
    item = story()
    date = timezone.now() + timedelta(hours=4)
    approve_digest(in_review(item, date=date))
    assert "Send the digest back first." in client.get(write(item)).text
    page = client.get(details(item)).text
    assert 'name="captured"' not in page
    assert "Send the digest back first." in page
    answer = client.post(details(item), sent(item, captured="Changed"))
    assert answer.text.count("Send the digest back first") == 1
    assert "Send the digest back first" in errors(answer.text)
    item.refresh_from_db()
    assert item.captured != "Changed"


def test_an_item_of_a_published_digest_can_be_changed(client: Client) -> None:
    item = story()
    published(item)
    page = client.get(details(item)).text
    assert 'name="captured"' in page
    assert "Send the digest back first" not in page


def test_a_look_at_a_step_changes_nothing(client: Client) -> None:
    item = story(status=ItemStatus.INBOX)
    for step in ("shortlist", "reject", "reopen", "approve"):
        client.get(below(item, "step", step))
    item.refresh_from_db()
    assert item.status == ItemStatus.INBOX
    assert client.get(below(item, "step", "delete")).status_code == 404


def test_what_an_item_has_is_read_by_who_may_only_look() -> None:
    user = person(role=None)
    User.objects.filter(pk=user.pk).update(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_item"))
    first = story("First", url="https://example.org/a")
    item = items.add(
        first.entry().__class__("Again", "", first.url, ""),
        by=person(),
        language="en",
        source=source("Feed"),
        captured="The original.",
        repeat_of=first,
    )
    client = signed_in(user)
    page = client.get(details(item)).text
    for shown in ("https://example.org/a", "Feed", "English", "The original.", "First"):
        assert shown in page
    assert "<form method" not in page.partition('id="content"')[2]
    answer = client.post(details(item), sent(item, captured="Changed"))
    assert "You don’t have permission to do this." in unescape(errors(answer.text))
    item.refresh_from_db()
    assert item.captured == "The original."


def test_a_step_without_a_token_is_refused(editor: User) -> None:
    item = story(status=ItemStatus.INBOX)
    client = Client(enforce_csrf_checks=True)
    client.force_login(editor, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post(below(item, "step", "shortlist"), {"version": item.version})
    assert answer.status_code == 403


def test_a_step_that_the_verb_refuses_says_why(client: Client) -> None:
    item = story(status=ItemStatus.DRAFT, body="[^1]: x")
    answer = client.post(below(item, "step", "approve"), {"version": item.version}, follow=True)
    item.refresh_from_db()
    assert item.status == ItemStatus.DRAFT
    assert errors(answer.text)


def test_the_page_shows_what_is_to_be_said_of_the_saved_text(client: Client) -> None:
    item = story(status=ItemStatus.DRAFT, body="See [this](http://localhost/x).")
    assert "works on this site only" in client.get(write(item)).text


def test_the_page_shows_its_history(client: Client) -> None:
    item = story(by=person(EDITOR, username="mira"))
    for page in (client.get(write(item)).text, client.get(below(item, "history")).text):
        assert "shortlisted" in page
        assert "mira" in page


def test_a_long_history_has_pages(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "HISTORY_MAX", 2)
    item = story(by=person(EDITOR, username="mira"))
    address = below(item, "history")
    newest, oldest = client.get(address).text, client.get(address, {"p": "2"}).text
    assert (newest.count("mira"), oldest.count("mira")) == (2, 1)
    assert 'href="?p=2"' in newest
    assert 'href="?p=1"' in oldest


def test_the_preview_is_in_the_language_of_the_text(client: Client) -> None:
    written, new = (
        re.findall(r'<textarea name="body"[^>]*>', client.get(address).text)
        for address in (write(story()), ADD)
    )
    assert 'lang="zh-hans"' in written[0]
    assert "lang=" not in new[0]


def test_only_an_untouched_item_can_be_deleted(client: Client) -> None:
    fresh, touched = story(status=ItemStatus.INBOX), story()
    assert below(fresh, "delete") in client.get(details(fresh)).text
    assert below(touched, "delete") not in client.get(details(touched)).text
    assert ">Delete</button>" in client.get(below(fresh, "delete")).text
    assert client.get(below(touched, "delete")).headers["Location"] == write(touched)
    assert Item.objects.count() == 2
    for item, said in [(fresh, "” deleted."), (touched, "has a history")]:
        data = {"version": item.version}
        assert said in client.post(below(item, "delete"), data, follow=True).text
    assert list(Item.objects.all()) == [touched]


def test_the_admin_has_no_form_of_its_own_for_items(client: Client) -> None:
    item = story()
    page = client.get(LIST).text
    assert f'href="{write(item)}"' in page
    assert f'href="{ADD}"' in page
    for old in (f"{LIST}{item.pk}/", change(item)):
        assert client.get(old).headers["Location"] == write(item)
        client.post(old, {"headline": "Changed", "_save": "Save"})
    item.refresh_from_db()
    assert item.headline != "Changed"
    filtered = client.get(LIST, {"status__exact": "approved"}).text
    assert f'href="{write(item)}"' in filtered


def test_there_is_no_deleting_of_many_at_once(client: Client) -> None:
    item = story(status=ItemStatus.INBOX)
    page = client.get(LIST).text
    assert "delete_selected" not in page
    client.post(LIST, {"action": "delete_selected", "_selected_action": item.pk, "post": "yes"})
    assert Item.objects.exists()


def test_the_list_is_searched_and_filtered(client: Client) -> None:
    story("量子芯片发布", status=ItemStatus.INBOX, source=source("Feed A"))
    story("Another", source=source("Feed B"))
    asked: list[tuple[dict[str, str | int], str, str]] = [
        ({"q": "芯片"}, "量子芯片发布", "Another"),
        ({"status__exact": "approved"}, "Another", "量子芯片发布"),
        ({"source__id__exact": source("Feed A").pk}, "量子芯片发布", "Another"),
        ({"language__exact": "zh-hans"}, "Another", "nothing of the kind"),
    ]
    for query, shown, hidden in asked:
        page = client.get(LIST, query).text
        assert shown in page
        assert hidden not in page


def test_dates_are_shown_in_the_editors_zone(editor: User, client: Client) -> None:
    story(status=ItemStatus.INBOX)
    Item.objects.update(created_at=datetime(2026, 11, 20, 20, 30, tzinfo=UTC))
    assert "20 November 2026, 20:30" in client.get(LIST).text
    editor.time_zone = "Asia/Shanghai"
    editor.save()
    assert "21 November 2026, 04:30" in client.get(LIST).text


def test_who_has_no_role_sees_no_items() -> None:
    item = story()
    stranger = person(None, username="stranger")
    stranger.is_staff = True
    stranger.save()
    client = signed_in(stranger)
    for address in (LIST, ADD, *(below(item, name) for name in PAGES)):
        assert client.get(address).status_code == 403
    answer = client.post(below(item, "step", "shortlist"), {"version": item.version})
    assert answer.status_code == 403
    for name in ("details", "delete"):
        assert client.post(below(item, name), sent(item)).status_code == 403
    assert client.post(ADD, sent()).status_code == 403


def test_an_administrator_may_do_what_an_editor_may() -> None:
    item = story(status=ItemStatus.INBOX)
    page = signed_in(person(ADMINISTRATOR)).get(write(item)).text
    assert offered(page) == {"shortlist", "reject"}
