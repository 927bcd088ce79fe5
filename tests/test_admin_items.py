"""Items in the admin: every screen acts through the verbs."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from digests import editorial
from digests.desk import base
from digests.models import Item, User
from digests.models.transitions import ItemStatus
from digests.roles import ADMINISTRATOR, EDITOR
from tests.factories import approve as approve_digest
from tests.factories import in_review, person, published, source, story
from tests.screens import below, change, errors, offered, signed_in

pytestmark = pytest.mark.django_db
LIST = "/admin/digests/item/"
ADD = "/admin/digests/item/add/"


@pytest.fixture
def editor() -> User:
    return person(EDITOR, username="ed")


@pytest.fixture
def client(editor: User) -> Client:
    return signed_in(editor)


def sent(item: Item | None = None, **fields: object) -> dict[str, object]:
    """What the form of an item sends."""
    data: dict[str, object] = {"headline": "Headline", "language": "en"}
    if item:
        data = {
            "headline": item.headline,
            "byline": item.byline,
            "url": item.url,
            "body": item.body,
            "language": item.language,
            "captured": item.captured,
            "loaded_version": item.version,
        }
    return data | fields


def test_an_item_is_added_through_the_verb(client: Client, editor: User) -> None:
    answer = client.post(ADD, sent(headline="  New chip ", url="https://Example.org/a", body="x"))
    item = Item.objects.get()
    assert answer.status_code == 302
    assert (item.headline, item.status, item.changed_by) == ("New chip", Item.Status.INBOX, editor)
    assert [move.verb for move in item.moves.all()] == ["add"]


def test_a_known_link_is_refused_naming_and_linking_the_item(client: Client) -> None:
    first = story("The first", url="https://example.org/a")
    answer = client.post(
        ADD, sent(headline="Typed with care", url="https://example.org/a?utm_source=x")
    )
    assert answer.status_code == 200
    assert "already in “The first”" in errors(answer.text)
    assert f'href="{change(first)}"' in answer.text
    assert 'value="Typed with care"' in answer.text
    assert Item.objects.count() == 1


def test_a_repeat_says_which_item_it_repeats(client: Client) -> None:
    first = story(url="https://example.org/a")
    client.post(ADD, sent(url="https://example.org/a", repeat_of=first.pk))
    assert Item.objects.get(repeat_of=first).url == "https://example.org/a"


def test_a_text_the_file_cannot_hold_is_kept_and_explained(client: Client) -> None:
    answer = client.post(ADD, sent(url="javascript:alert(1)", body="kept"))
    assert errors(answer.text)
    assert "kept" in answer.text
    assert not Item.objects.exists()


def test_an_item_is_changed_through_the_verb(client: Client, editor: User) -> None:
    item = story(status=Item.Status.DRAFT)
    client.post(change(item), sent(item, body="New."))
    item.refresh_from_db()
    assert (item.body, item.version, item.changed_by) == ("New.", 3, editor)
    assert item.moves.latest("pk").verb == "edit"


def test_saving_without_a_change_leaves_no_trace(client: Client) -> None:
    item = story(status=Item.Status.DRAFT)
    moves = item.moves.count()
    assert client.post(change(item), sent(item)).status_code == 302
    assert item.moves.count() == moves


def test_an_approved_item_becomes_a_draft_when_its_text_changes(client: Client) -> None:
    item = story()
    answer = client.post(change(item), sent(item, body="New."), follow=True)
    item.refresh_from_db()
    assert item.status == Item.Status.DRAFT
    assert "the item is a draft again" in answer.text


@pytest.mark.parametrize(
    ("status", "steps"),
    [
        (Item.Status.INBOX, {"shortlist", "reject"}),
        (Item.Status.DRAFT, {"approve", "reject"}),
        (Item.Status.APPROVED, set()),
    ],
)
def test_a_page_offers_the_steps_of_its_state(
    client: Client, status: ItemStatus, steps: set[str]
) -> None:
    assert offered(client.get(change(story(status=status))).text) == steps


def test_an_item_goes_its_way_by_buttons(client: Client) -> None:
    item = story(status=Item.Status.INBOX)
    for step, status in [("shortlist", "draft"), ("approve", "approved")]:
        answer = client.post(below(item, "step", step), {"version": item.version}, follow=True)
        item.refresh_from_db()
        assert item.status == status
        assert "is now" in answer.text


def test_a_rejection_asks_for_a_reason_and_keeps_the_note(client: Client) -> None:
    item = story(status=Item.Status.INBOX)
    address = below(item, "step", "reject")
    assert 'name="reason"' in client.get(address).text
    answer = client.post(address, {"version": item.version, "reason": "other", "note": " "})
    assert "needs a note" in errors(answer.text)
    answer = client.post(address, {"version": item.version, "note": "Kept note"})
    assert "Kept note" in answer.text
    item.refresh_from_db()
    assert item.status == Item.Status.INBOX
    client.post(address, {"version": item.version, "reason": "old", "note": "Too late"})
    item.refresh_from_db()
    assert (item.status, item.reason) == ("rejected", "old")
    assert item.moves.latest("pk").note == "Too late"
    page = client.get(change(item)).text
    assert offered(page) == {"reopen"}
    assert "Too late" in page


def test_a_rejected_item_is_read_only_until_it_is_reopened(client: Client, editor: User) -> None:
    item = story(status=Item.Status.INBOX)
    item = editorial.reject(item, by=editor, version=item.version, reason="old")
    assert 'name="headline"' not in client.get(change(item)).text
    answer = client.post(change(item), sent(item, headline="Changed"))
    assert "not possible" in errors(answer.text)
    client.post(below(item, "step", "reopen"), {"version": item.version})
    assert 'name="headline"' in client.get(change(item)).text


def test_an_item_of_an_approved_digest_is_read_only(client: Client) -> None:
    item = story()
    date = timezone.now() + timedelta(hours=4)
    approve_digest(in_review(item, date=date))
    page = client.get(change(item)).text
    assert 'name="headline"' not in page
    assert "Send the digest back first." in page
    answer = client.post(change(item), sent(item, headline="Changed"))
    assert answer.text.count("Send the digest back first") == 1
    assert "Send the digest back first" in errors(answer.text)
    item.refresh_from_db()
    assert item.headline != "Changed"


def test_an_item_of_a_published_digest_can_be_changed(client: Client) -> None:
    item = story()
    published(item)
    page = client.get(change(item)).text
    assert 'name="headline"' in page
    assert "Send the digest back first" not in page


def test_a_look_at_a_step_changes_nothing(client: Client) -> None:
    item = story(status=Item.Status.INBOX)
    for step in ("shortlist", "reject", "reopen", "approve"):
        client.get(below(item, "step", step))
    item.refresh_from_db()
    assert item.status == Item.Status.INBOX
    assert client.get(below(item, "step", "delete")).status_code == 404


def test_a_step_without_a_token_is_refused(editor: User) -> None:
    item = story(status=Item.Status.INBOX)
    client = Client(enforce_csrf_checks=True)
    client.force_login(editor, backend="digests.roles.RoleBackend")
    answer = client.post(below(item, "step", "shortlist"), {"version": item.version})
    assert answer.status_code == 403


def test_a_step_that_the_verb_refuses_says_why(client: Client) -> None:
    item = story(status=Item.Status.DRAFT, body="[^1]: x")
    answer = client.post(below(item, "step", "approve"), {"version": item.version}, follow=True)
    item.refresh_from_db()
    assert item.status == Item.Status.DRAFT
    assert errors(answer.text)


def test_the_page_shows_what_is_to_be_said_of_the_saved_text(client: Client) -> None:
    item = story(status=Item.Status.DRAFT, body="See [this](http://localhost/x).")
    assert "works on this site only" in client.get(change(item)).text


def test_the_page_shows_its_history(client: Client) -> None:
    item = story(by=person(EDITOR, username="mira"))
    for page in (client.get(change(item)).text, client.get(below(item, "history")).text):
        assert "shortlisted" in page
        assert "mira" in page


def test_a_long_history_has_pages(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "MOVES", 2)
    item = story(by=person(EDITOR, username="mira"))
    for address in (change(item), below(item, "history")):
        newest, oldest = client.get(address).text, client.get(address, {"p": "2"}).text
        assert (newest.count("mira"), oldest.count("mira")) == (2, 1)
        assert 'href="?p=2"' in newest
        assert 'href="?p=1"' in oldest


def test_the_preview_is_in_the_language_of_the_text(client: Client) -> None:
    written, new = (
        re.findall(r"<textarea[^>]*>", client.get(address).text)
        for address in (change(story()), ADD)
    )
    assert 'lang="zh-hans"' in written[0]
    assert "lang=" not in new[0]
    # Without the form there is no field.
    assert client.get(change(published().placements.get().item)).status_code == 200


def test_only_an_untouched_item_can_be_deleted(client: Client) -> None:
    fresh, touched = story(status=Item.Status.INBOX), story()
    for item, status in [(fresh, 302), (touched, 403)]:
        address = reverse("admin:digests_item_delete", args=[item.pk])
        assert client.post(address, {"post": "yes"}).status_code == status
    assert list(Item.objects.all()) == [touched]


def test_there_is_no_deleting_of_many_at_once(client: Client) -> None:
    item = story(status=Item.Status.INBOX)
    page = client.get(LIST).text
    assert "delete_selected" not in page
    client.post(LIST, {"action": "delete_selected", "_selected_action": item.pk, "post": "yes"})
    assert Item.objects.exists()


def test_the_list_is_searched_and_filtered(client: Client) -> None:
    story("量子芯片发布", status=Item.Status.INBOX, source=source("Feed A"))
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
    story(status=Item.Status.INBOX)
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
    for address in (LIST, ADD, change(item), below(item, "history")):
        assert client.get(address).status_code == 403
    answer = client.post(below(item, "step", "shortlist"), {"version": item.version})
    assert answer.status_code == 403


def test_an_administrator_may_do_what_an_editor_may() -> None:
    item = story(status=Item.Status.INBOX)
    page = signed_in(person(ADMINISTRATOR)).get(change(item)).text
    assert offered(page) == {"shortlist", "reject"}
