"""The editor of one item: its page, its acts with and without a script, its script's requests."""

import re
from dataclasses import asdict, replace
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from psycopg.errors import DeadlockDetected

from digests.accounts.roles import ADMINISTRATOR, EDITOR
from digests.desk import drafts
from digests.editorial import collaboration, items, lifecycle, writing
from digests.models import Claim, HistoryEntry, Item, ItemDraft, Presence, User
from digests.text.format import Entry
from tests.factories import draft, in_review, person, published, series, source, story
from tests.screens import Response, below, errors, is_refused, messages_of, signed_in

pytestmark = pytest.mark.django_db

JSON = "application/json"
TEXT = {"headline": "标题", "byline": "Mira Okafor", "url": "", "body": "正文"}
# A footnote, which the file cannot hold.
REFUSED = "[^1]: 脚注"


@pytest.fixture
def client(ann: User) -> Client:
    return signed_in(ann)


@pytest.fixture
def item() -> Item:
    source()
    return story("旧标题", status=Item.Status.DRAFT, body="第一行。\n\n第二行。")


def page(item: Item) -> str:
    return below(item, "write")


def text_of(item: Item) -> dict[str, str]:
    return {name: getattr(item, name) for name in TEXT}


def press(
    client: Client, item: Item, do: str, *, by_script: bool = False, **changed: Any
) -> Response:
    sent = {"do": do, "version": item.version, **text_of(item), **changed}
    # As browsers send lines.
    sent["body"] = sent["body"].replace("\n", "\r\n")
    return client.post(page(item), sent, headers={"X-Fragment": "1"} if by_script else {})


def act(client: Client, item: Item, do: str, **changed: Any) -> Response:
    """What a button does, as the script posts it: answered with the regions that changed."""
    answer = press(client, item, do, by_script=True, **changed)
    assert "<html" not in answer.text
    return answer


def version_in(answer: Response) -> int:
    """The version of the story that the regions show."""
    shown = re.search(r'data-region="saved" data-version="(\d+)"', answer.text)
    assert shown
    return int(shown[1])


def api(client: Client, method: str, item: Item, what: str, **given: object) -> Response:
    request = getattr(client, method)
    answer: Response = request(f"/api/desk/items/{item.pk}/{what}/", given, JSON)
    return answer


def lint(client: Client, item: Item, **text: object) -> dict[str, dict[str, Any]]:
    answer = api(client, "post", item, "lint", **TEXT | text)
    assert answer.status_code == 200
    return {remark["code"]: remark for remark in answer.json()["remarks"]}


def fresh(item: Item) -> Item:
    return Item.objects.get(pk=item.pk)


def later(monkeypatch: pytest.MonkeyPatch, **span: float) -> None:
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(**span))


# The page


def test_the_page_shows_the_original_beside_the_text_and_what_the_house_remarks(
    client: Client,
) -> None:
    item = story(
        "推理,模型",
        byline="Nobody",
        captured="The original words.",
        status=Item.Status.DRAFT,
        source=source("Mira"),
    )
    collaboration.set_current_digest(
        draft(item, title="下一期"), by=client.get("/admin/").context["user"]
    )
    html = client.get(page(item)).text
    assert "The original words." in html
    assert "Nobody" in html
    assert "下一期" in html
    assert "Unknown byline" in html
    assert "beside Chinese should be “，”" in html


def test_the_page_says_where_the_same_story_ran_already(client: Client) -> None:
    published(story("推理模型"), title="上一期")
    again = story("推理 模型！", status=Item.Status.INBOX)
    assert "上一期" in client.get(page(again)).text


def test_reading_the_page_changes_nothing(client: Client, item: Item, noor: User) -> None:
    collaboration.keep_draft(
        item, Entry(**TEXT), by=client.get("/admin/").context["user"], version=1
    )
    collaboration.claim(item, by=noor, lasts=Claim.FOR_WRITING)
    writes = ("INSERT", "UPDATE", "DELETE")
    with CaptureQueriesContext(connection) as asked:
        assert client.get(page(item)).status_code == 200
    assert not [query["sql"] for query in asked if query["sql"].startswith(writes)]
    assert ItemDraft.objects.count() == 1
    assert Claim.objects.get().user == noor
    assert not Presence.objects.exists()
    assert fresh(item).version == item.version


def test_a_story_that_is_not_there_is_not_found(client: Client) -> None:
    assert client.get("/admin/digests/item/999/write/").status_code == 404
    assert client.post("/api/desk/items/999/hold/").status_code == 404


def test_the_page_costs_sixteen_queries_whatever_hangs_on_the_item(
    client: Client, ann: User, noor: User
) -> None:
    def queries(item: Item) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(page(item)).status_code == 200
        return len(asked)

    bare = story(status=Item.Status.DRAFT)
    assert queries(bare) <= 16
    url = "https://example.org/ran"
    published(first := story("推理模型", url=url))
    item = story("推理模型", url=url, repeat_of=first, source=source("Mira"))
    collaboration.set_current_digest(draft(item), by=ann)
    for _number in range(3):
        draft(item)
        item = items.edit(item, Entry("推理模型", f"{_number}", url), by=noor, version=item.version)
    collaboration.keep_draft(item, Entry(**TEXT), by=ann, version=item.version)
    collaboration.claim(item, by=noor, lasts=Claim.FOR_WRITING)
    assert queries(item) <= 16


# Saving and approving


def test_saving_stores_the_text_and_stays_on_the_page(client: Client, item: Item) -> None:
    answer = press(client, item, "save", headline="新标题")
    assert (answer.status_code, answer["Location"]) == (302, page(item))
    assert (fresh(item).headline, fresh(item).version) == ("新标题", item.version + 1)
    assert '<li class="success">Saved.</li>' in client.get(page(item)).text


def test_a_save_by_the_script_is_answered_with_what_changed(client: Client, item: Item) -> None:
    answer = act(client, item, "save", headline="新标题")
    assert not is_refused(answer)
    assert messages_of(answer) == ["Saved."]
    assert version_in(answer) == fresh(item).version == item.version + 1
    regions = re.findall('data-region="([^"]+)"', answer.text)
    assert regions == ["here", "state", "held", "saved"]
    assert ">新标题<" in answer.text
    assert "data-theirs" not in answer.text
    assert "Saved." not in client.get(page(item)).text


@pytest.mark.parametrize("by_script", [False, True])
def test_saving_what_is_there_already_makes_no_history(
    client: Client, item: Item, by_script: bool
) -> None:
    moves = item.history.count()
    assert press(client, item, "save", by_script=by_script).status_code in (200, 302)
    assert (fresh(item).version, item.history.count()) == (item.version, moves)
    stale = press(client, item, "save", by_script=True, version=item.version + 1)
    assert is_refused(stale)


def test_a_stale_save_keeps_the_text_and_says_who_was_faster(
    client: Client, item: Item, noor: User
) -> None:
    items.edit(item, Entry("诺尔的", "N"), by=noor, version=item.version)
    answer = press(client, item, "save", headline="安的", body="安的正文")
    assert answer.status_code == 200
    assert "Noor changed “诺尔的”" in errors(answer.text)
    assert answer.context["form"]["headline"].value() == "安的"
    assert answer.context["form"]["body"].value() == "安的正文"
    assert fresh(item).headline == "诺尔的"


@pytest.mark.parametrize("by_script", [False, True])
def test_ones_own_text_can_be_saved_over_the_one_that_was_shown(
    client: Client, item: Item, noor: User, by_script: bool
) -> None:
    entry = replace(item.entry(), body="诺尔的正文")
    theirs = items.edit(item, entry, by=noor, version=item.version)
    shown = press(client, item, "save", by_script=by_script, body="我的正文")
    assert "诺尔的正文" in shown.text
    assert "Noor changed" in errors(shown.text.partition("data-theirs")[2])
    assert f'name="version" value="{theirs.version}" id="keep-mine"' in shown.text
    # As a browser sends it: the version of the form, then that of the button.
    over = [item.version, theirs.version]
    press(client, item, "save", by_script=by_script, body="我的正文", version=over)
    assert fresh(item).body == "我的正文"
    again = press(client, item, "save", by_script=by_script, body="又一次", version=over)
    assert again.status_code == 200
    assert fresh(item).body == "我的正文"


def test_a_stale_save_by_the_script_shows_theirs_as_it_is_now(
    client: Client, item: Item, noor: User
) -> None:
    theirs = items.edit(item, Entry("诺尔的", "N"), by=noor, version=item.version)
    answer = act(client, item, "save", headline="安的")
    assert is_refused(answer)
    assert "Noor changed “诺尔的”" in messages_of(answer)[0]
    assert version_in(answer) == theirs.version
    assert ">诺尔的<" in answer.text
    assert "安的" not in answer.text


def test_an_unchanged_page_over_a_newer_version_approves_nothing(
    client: Client, item: Item, noor: User
) -> None:
    items.edit(item, Entry("诺尔的", "N"), by=noor, version=item.version)
    assert "Noor changed" in errors(press(client, item, "approve").text)
    assert (fresh(item).headline, fresh(item).status) == ("诺尔的", "draft")


def test_a_refused_text_comes_back_with_the_reason(client: Client, item: Item) -> None:
    answer = press(client, item, "save", headline="好", url="https:///nowhere")
    assert "The address has no host." in errors(answer.text)
    assert answer.context["form"]["headline"].value() == "好"
    assert errors(press(client, item, "save", headline="").text)
    refused = act(client, item, "save", headline="")
    assert is_refused(refused)
    assert messages_of(refused) == ["Headline: This field is required."]
    assert version_in(refused) == item.version
    assert fresh(item).headline == "旧标题"


@pytest.mark.django_db(transaction=True)
def test_a_save_that_the_database_broke_off_twice_comes_back_with_its_text(
    client: Client, item: Item, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off(*args: object, **kwargs: object) -> None:
        raise OperationalError from DeadlockDetected()

    monkeypatch.setattr(HistoryEntry, "save", break_off)
    answer = act(client, item, "save", body="新的正文。")
    assert is_refused(answer)
    assert messages_of(answer) == ["The newsroom was busy, and nothing was changed. Try again."]
    assert answer.context["form"]["body"].value() == "新的正文。"
    assert fresh(item).version == item.version


@pytest.mark.parametrize("by_script", [False, True])
def test_approving_saves_first_and_goes_on_to_the_next(
    client: Client, item: Item, ann: User, by_script: bool
) -> None:
    following = story(status=Item.Status.DRAFT)
    collaboration.set_current_digest(draft(item, following), by=ann)
    answer = press(client, item, "approve", by_script=by_script, headline="新标题")
    assert (fresh(item).headline, fresh(item).status) == ("新标题", "approved")
    assert answer["X-Location" if by_script else "Location"] == page(following)
    assert answer.headers.get("X-Version") == (str(fresh(item).version) if by_script else None)
    assert fresh(following).status == "draft"
    # A page that reads itself again takes nothing of what the next one has to say.
    assert "新标题" not in client.get(page(following), headers={"X-Fragment": "1"}).text
    assert "Approved: 新标题" in client.get(page(following)).text
    assert "Approved: " not in client.get(page(following)).text


def test_approving_without_a_change_is_one_step_of_history(client: Client, item: Item) -> None:
    press(client, item, "approve")
    assert fresh(item).status == "approved"
    assert not item.history.filter(action=HistoryEntry.Action.EDIT).exists()


def test_after_the_last_one_the_page_stays_and_says_so(client: Client, item: Item) -> None:
    answer = press(client, item, "approve")
    assert answer["Location"] == page(item)
    html = client.get(page(item)).text
    assert "“旧标题” is approved. That was the last one." in html


def test_approving_goes_on_in_the_list_one_came_from(client: Client, ann: User) -> None:
    """Whatever drafts there are elsewhere; below the row first, and then from the list's top."""
    story("别人的草稿", status=Item.Status.DRAFT)
    bottom, middle, top = (
        story(name, status=Item.Status.INBOX, by=ann) for name in ("下", "中", "上")
    )
    listed = client.get("/admin/inbox/", {"q": "example.org", "order": ""}).text
    found = re.findall(rf'href="(/admin/digests/item/{middle.pk}/write/[^"]+)"', listed)
    address = unescape(found[0])
    for item, following in ((middle, bottom), (bottom, top)):
        sent = {"do": "approve", "version": item.version, **asdict(item.entry())}
        address = client.post(address, sent)["Location"]
        assert address.startswith(f"/admin/digests/item/{following.pk}/write/?list=")
    sent = {"do": "approve", "version": top.version, **asdict(top.entry())}
    answer = client.post(address, sent, follow=True)
    assert "That was the last one." in answer.text
    # The way back leads to that list.
    assert 'href="/admin/inbox/?state=inbox&amp;q=example.org"' in answer.text


def test_approving_goes_on_in_the_digest_one_came_from_and_ends_there(
    client: Client, ann: User
) -> None:
    """Whatever drafts there are elsewhere, and whichever digest is current."""
    story("别处的草稿", status=Item.Status.DRAFT)
    first, last = (story(name, status=Item.Status.DRAFT, by=ann) for name in ("一", "二"))
    digest = draft(first, last, by=ann)
    ann.refresh_from_db()
    ann.current_digest = None
    ann.save()
    composed = client.get(below(digest, "compose")).text
    address = f"{page(last)}?digest={digest.pk}"
    assert f'href="{address}"' in composed
    opened = client.get(address).text
    assert f'<a href="{below(digest, "compose")}">{digest}</a>' in opened
    sent = {"do": "approve", "version": last.version, **asdict(last.entry())}
    assert client.post(address, sent)["Location"] == f"{page(first)}?digest={digest.pk}"
    sent = {"do": "approve", "version": first.version, **asdict(first.entry())}
    answer = client.post(f"{page(first)}?digest={digest.pk}", sent, follow=True)
    assert answer.request["PATH_INFO"] == below(digest, "compose")
    assert "“一” is approved, and so are all stories of this digest." in answer.text


@pytest.mark.parametrize("asked", ["", "0", "x", "9" * 30, "١"])
def test_an_editor_is_opened_whatever_digest_its_address_names(
    client: Client, item: Item, asked: str
) -> None:
    assert client.get(page(item), {"digest": asked}).status_code == 200


@pytest.mark.postgresql
@pytest.mark.parametrize(("order", "following"), [("", "bac"), ("&order=appeared", "acb")])
def test_the_next_of_a_list_is_asked_for_alone_in_its_order(
    ann: User, order: str, following: str
) -> None:
    old = timezone.now() - timedelta(days=1)
    a, b, c = (
        story(name, status=Item.Status.INBOX, by=ann, posted_at=posted_at)
        for name, posted_at in (("a", None), ("b", old), ("c", old - timedelta(hours=1)))
    )
    taken = story("taken", status=Item.Status.INBOX, by=ann)
    collaboration.claim(taken, by=person())
    listed = drafts.ListedStories(f"state=inbox{order}", ann)
    found = []
    for item in (c, b, a):
        with CaptureQueriesContext(connection) as asked:
            found.append(listed.after(item))
        assert len(asked) <= 2
        assert all(query["sql"].endswith("LIMIT 1") for query in asked)
    assert [item.headline for item in found if item] == list(following)


def test_it_is_not_the_last_one_while_others_write_the_rest(client: Client, item: Item) -> None:
    theirs = story("别人在写", status=Item.Status.DRAFT)
    collaboration.claim(theirs, by=person())
    press(client, item, "approve")
    html = client.get(page(item)).text
    assert "Others are working on what is left." in html
    assert "That was the last one." not in html


@pytest.mark.parametrize(
    "typed", ["用 {{ 变量 }} 和 {% 标签", "a <b> c", "`&#123;` 与 &#123; 一起"]
)
def test_a_text_is_shown_again_as_it_was_typed(client: Client, item: Item, typed: str) -> None:
    press(client, item, "save", body=typed)
    form = client.get(page(item)).context["form"]
    assert form["body"].value() == typed
    stored = fresh(item)
    press(client, stored, "save", body=typed)
    assert (fresh(item).body, fresh(item).version) == (stored.body, stored.version)


def test_the_source_of_an_unknown_byline_can_be_added_by_those_who_may(item: Item) -> None:
    source("Mira")
    Item.objects.filter(pk=item.pk).update(byline="36氪", language="zh-hans")
    preset = {"name": "36氪", "byline": "36氪", "language": "zh-hans", "kind": "site"}
    where = reverse("admin:digests_source_add", query=preset)
    for role, expected in ((ADMINISTRATOR, where), (EDITOR, "")):
        client = signed_in(person(role))
        assert client.get(page(item)).context["add_source"] == expected
        sent = asdict(fresh(item).entry())
        answer = client.post(f"/api/desk/items/{item.pk}/lint/", sent, "application/json")
        assert answer.json()["add_source"] == expected
    form = signed_in(person(ADMINISTRATOR)).get(where).context["adminform"].form
    assert form["byline"].value() == "36氪"
    known = source("36氪")
    assert signed_in(person(ADMINISTRATOR)).get(page(item)).context["add_source"] == ""
    assert known.byline == "36氪"


def test_after_the_last_one_the_script_is_told_so_and_sees_the_new_state(
    client: Client, item: Item
) -> None:
    answer = act(client, item, "approve", headline="新标题")
    assert not is_refused(answer)
    assert messages_of(answer) == ["“新标题” is approved. That was the last one."]
    assert "pill-approved" in answer.text
    assert version_in(answer) == fresh(item).version


@pytest.mark.parametrize("by_script", [True, False])
def test_a_story_without_a_text_is_approved_when_it_is_asked_for_twice(
    client: Client, item: Item, by_script: bool
) -> None:
    asked = press(client, item, "approve", body="", by_script=by_script)
    assert "“旧标题” has no text. Approve it again if it should appear without one." in asked.text
    assert (fresh(item).body, fresh(item).status) == ("", "draft")
    assert 'name="without_text"' in asked.text
    saved = fresh(item)
    assert 'name="without_text"' not in press(client, saved, "save", by_script=by_script).text
    press(client, fresh(item), "approve", without_text="1", by_script=by_script)
    assert fresh(item).status == "approved"


@pytest.mark.parametrize("changed", [{"headline": ""}, {"version": 0}])
def test_a_refusal_for_another_reason_asks_nothing(
    client: Client, item: Item, changed: dict[str, Any]
) -> None:
    writing.save_text(item, replace(item.entry(), body=""), by=person(), version=item.version)
    answer = press(client, fresh(item), "approve", body="", **changed)
    assert "without_text" not in answer.text


def test_what_is_refused_approval_is_saved_and_goes_on_from_there(
    client: Client, item: Item
) -> None:
    answer = press(client, item, "approve", headline="新标题", body=REFUSED)
    assert answer.status_code == 200
    assert errors(answer.text)
    assert (fresh(item).body, fresh(item).status) == (REFUSED, "draft")
    assert int(answer.context["form"]["version"].value()) == fresh(item).version
    by_script = act(client, fresh(item), "approve", headline="更新的标题", body=REFUSED)
    # The script's text is saved, of which it is told alone what stands against its approval.
    assert not is_refused(by_script)
    assert len(messages_of(by_script)) == 1
    assert 'class="error"' in by_script.text
    assert version_in(by_script) == fresh(item).version
    assert (fresh(item).headline, fresh(item).status) == ("更新的标题", "draft")
    mended = press(client, fresh(item), "approve", body="小标题")
    assert mended.status_code == 302
    assert fresh(item).status == "approved"


def test_a_story_of_the_inbox_is_shortlisted_on_the_way(client: Client) -> None:
    item = story(status=Item.Status.INBOX)
    press(client, item, "approve")
    verbs = list(item.history.order_by("pk").values_list("action", flat=True))
    assert verbs == [
        HistoryEntry.Action.ADD,
        HistoryEntry.Action.SHORTLIST,
        HistoryEntry.Action.APPROVE,
    ]


def test_a_change_of_an_approved_story_makes_it_a_draft_until_it_is_approved_again(
    client: Client,
) -> None:
    item = story()
    press(client, item, "save", headline="又一标题")
    assert fresh(item).status == "draft"
    press(client, fresh(item), "approve")
    assert fresh(item).status == "approved"


@pytest.mark.parametrize("do", ["", "publish", "reject"])
def test_an_unknown_button_is_a_bad_request(client: Client, item: Item, do: str) -> None:
    assert press(client, item, do).status_code == 400
    assert fresh(item).version == item.version


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30])
def test_a_version_that_is_none_saves_nothing(client: Client, item: Item, version: str) -> None:
    assert press(client, item, "save", headline="新", version=version).status_code == 200
    assert fresh(item).headline == "旧标题"


# Which is next


@pytest.mark.postgresql
def test_the_next_one_is_the_next_of_the_digest_and_then_from_its_beginning(ann: User) -> None:
    older = story(status=Item.Status.DRAFT)
    first, second, third = (story(n, status=Item.Status.DRAFT) for n in "abc")
    done = story("已审")
    collaboration.set_current_digest(draft(first, second, done, third), by=ann)
    assert drafts.next_to_write(first, by=ann) == second
    assert drafts.next_to_write(second, by=ann) == third
    assert drafts.next_to_write(third, by=ann) == first
    assert drafts.next_to_write(older, by=ann) == first


@pytest.mark.postgresql
def test_with_the_digest_done_the_oldest_that_stands_nowhere_is_next(ann: User, noor: User) -> None:
    placed, inbox = story(status=Item.Status.DRAFT), story(status=Item.Status.INBOX)
    old, new = story(status=Item.Status.DRAFT), story(status=Item.Status.DRAFT)
    draft(placed)
    collaboration.set_current_digest(draft(story()), by=ann)
    for user in (ann, noor):  # with a digest and without
        assert drafts.next_to_write(inbox, by=user) == old
        assert drafts.next_to_write(old, by=user) == new


def test_a_digest_that_is_no_draft_any_more_leads_nowhere(ann: User) -> None:
    waiting, own = story(status=Item.Status.DRAFT), story()
    digest = draft(own, by=ann)
    collaboration.set_current_digest(digest, by=ann)
    digest = lifecycle.submit(digest, by=ann, version=digest.version)
    ann.refresh_from_db()
    items.edit(own, Entry("新", "M"), by=ann, version=own.version)
    assert drafts.next_to_write(own, by=ann) == waiting
    assert drafts.next_to_write(waiting, by=ann) is None


def test_a_story_that_somebody_else_holds_is_left_to_them(ann: User, noor: User) -> None:
    here, held, free = (story(n, status=Item.Status.DRAFT) for n in "abc")
    collaboration.set_current_digest(draft(here, held, free), by=ann)
    collaboration.claim(held, by=noor, lasts=Claim.FOR_WRITING)
    assert drafts.next_to_write(here, by=ann) == free
    collaboration.claim(free, by=ann, lasts=Claim.FOR_WRITING)
    assert drafts.next_to_write(here, by=ann) == free


# What is not saved


def keep(client: Client, item: Item, **changed: object) -> Response:
    given = {**text_of(item), "version": item.version, **changed}
    answer = api(client, "put", item, "draft", **given)
    assert answer.status_code == 204
    return answer


def test_unsaved_text_is_offered_to_who_wrote_it_and_never_applied(
    client: Client, item: Item, noor: User
) -> None:
    keep(client, item, headline="没有保存的")
    answer = client.get(page(item))
    assert "没有保存的" in answer.text
    assert "data-restore" in answer.text
    assert answer.context["form"]["headline"].value() == "旧标题"
    assert "没有保存的" not in signed_in(noor).get(page(item)).text
    assert fresh(item).version == item.version
    assert "The story has changed since." not in answer.text


def test_the_offer_says_that_the_story_has_changed_since(
    client: Client, item: Item, noor: User
) -> None:
    keep(client, item, headline="没有保存的")
    items.edit(item, Entry("诺尔的", "N"), by=noor, version=item.version)
    assert "The story has changed since." in client.get(page(item)).text
    assert ItemDraft.objects.count() == 1


@pytest.mark.postgresql
@pytest.mark.parametrize("text", ["\0", "a\0b", "\uffff", "𠮷", "\r\n"])
def test_whatever_is_typed_is_kept(client: Client, item: Item, text: str) -> None:
    keep(client, item, headline="标题", body=text)
    assert ItemDraft.objects.get().entry().body.replace("\0", "") == text.replace("\0", "")


@pytest.mark.postgresql
def test_there_is_one_unsaved_text_for_each_who_writes(
    client: Client, item: Item, noor: User
) -> None:
    keep(client, item, headline="一")
    keep(client, item, headline="二")
    keep(signed_in(noor), item, headline="三")
    assert {row.entry().headline for row in ItemDraft.objects.all()} == {"二", "三"}


def test_unsaved_text_goes_back_into_the_form_and_is_not_saved_by_that(
    client: Client, item: Item
) -> None:
    keep(client, item, headline="没有保存的")
    answer = press(client, item, "restore")
    assert answer.context["form"]["headline"].value() == "没有保存的"
    assert fresh(item).headline == "旧标题"
    assert ItemDraft.objects.exists()


@pytest.mark.parametrize("by_script", [False, True])
def test_unsaved_text_that_was_thrown_away_is_not_offered_again(
    client: Client, item: Item, noor: User, by_script: bool
) -> None:
    keep(client, item, headline="没有保存的")
    keep(signed_in(noor), item, headline="诺尔的")
    press(client, item, "discard", by_script=by_script)
    assert ItemDraft.objects.get().entry().headline == "诺尔的"
    assert "data-restore" not in client.get(page(item)).text
    assert api(client, "delete", item, "draft").status_code == 204


@pytest.mark.parametrize("by_script", [False, True])
def test_saving_drops_ones_own_unsaved_text_and_nobody_elses(
    client: Client, item: Item, noor: User, by_script: bool
) -> None:
    keep(client, item, headline="没有保存的")
    keep(signed_in(noor), item, headline="诺尔的")
    press(client, item, "save", by_script=by_script, headline="新标题")
    assert fresh(item).headline == "新标题"
    assert ItemDraft.objects.get().entry().headline == "诺尔的"


def test_a_refused_save_drops_no_unsaved_text(client: Client, item: Item, noor: User) -> None:
    keep(client, item, headline="没有保存的")
    items.edit(item, Entry("诺尔的", "N"), by=noor, version=item.version)
    press(client, item, "save", headline="没有保存的")
    assert ItemDraft.objects.get().entry().headline == "没有保存的"


def test_changing_a_story_elsewhere_drops_no_unsaved_text(
    client: Client, item: Item, ann: User
) -> None:
    keep(client, item, headline="没有保存的")
    item = items.edit(item, item.entry(), by=ann, version=item.version, source=source("Mira"))
    digest = draft(item)
    given = {**text_of(item), "version": item.version, "headline": "在排版里改的"}
    client.post(below(digest, "compose"), {"do": "edit", "item": item.pk, **given})
    assert fresh(item).headline == "在排版里改的"
    assert ItemDraft.objects.get().entry().headline == "没有保存的"


@pytest.mark.parametrize("by_script", [False, True])
@pytest.mark.parametrize("headline", ["旧标题", "新标题"])
def test_saving_keeps_an_unsaved_text_that_nobody_has_decided_about(
    client: Client, item: Item, by_script: bool, headline: str
) -> None:
    keep(client, item, headline="没有保存的")
    assert 'name="undecided"' in client.get(page(item)).text
    press(client, item, "save", by_script=by_script, headline=headline, undecided="1")
    assert fresh(item).headline == headline
    assert ItemDraft.objects.get().entry().headline == "没有保存的"
    assert "没有保存的" in client.get(page(item)).text


def test_an_unsaved_text_that_is_back_in_the_form_is_decided_about(
    client: Client, item: Item
) -> None:
    keep(client, item, headline="没有保存的")
    html = press(client, item, "restore").text
    assert "data-restore" not in html
    assert 'name="undecided"' not in html
    refused = press(client, item, "save", headline="", undecided="1").text
    assert 'name="undecided"' in refused


def test_a_text_that_comes_after_it_was_saved_is_not_kept_as_unsaved(
    client: Client, item: Item, ann: User, noor: User
) -> None:
    late = {**text_of(item), "version": item.version, "headline": "打了一半"}
    item = writing.save_text(item, Entry("打完了", "安"), by=ann, version=item.version)
    answer = api(client, "put", item, "draft", **late)
    assert answer.status_code == 409
    assert not ItemDraft.objects.exists()
    # Over what somebody else did it is kept: it is not saved anywhere.
    writing.approve_ready(item, by=noor, version=item.version)
    keep(client, item, headline="又打了一半")
    assert ItemDraft.objects.get().entry().headline == "又打了一半"


def test_a_text_that_reads_as_the_saved_one_is_not_offered(
    client: Client, item: Item, ann: User
) -> None:
    item = writing.save_text(item, Entry("新  标题 "), by=ann, version=item.version)
    keep(client, item, headline="新  标题 ")
    assert "data-restore" not in client.get(page(item)).text


# Whose it is


def hold(client: Client, item: Item) -> dict[str, Any]:
    answer = api(client, "post", item, "hold")
    assert answer.status_code == 200
    held: dict[str, Any] = answer.json()
    return held


def test_a_held_story_says_by_whom_and_offers_to_take_it_over(
    client: Client, item: Item, noor: User
) -> None:
    assert hold(signed_in(noor), item)["held"] == ""
    html = client.get(page(item)).text
    assert "Noor is working on" in html
    assert 'value="take-over"' in html
    assert "Noor is working on" in hold(client, item)["held"]
    assert Claim.objects.get().user == noor


def test_taking_over_turns_the_claim_round(
    client: Client, item: Item, ann: User, noor: User
) -> None:
    hold(signed_in(noor), item)
    assert press(client, item, "take-over").status_code == 302
    assert Claim.objects.get().user == ann
    assert "Noor is working on" not in client.get(page(item)).text
    # With the version, by which a page learns of what others saved.
    assert hold(client, item) == {"held": "", "version": item.version}
    assert "Ann is working on" in hold(signed_in(noor), item)["held"]


def test_the_script_takes_a_story_over_and_sees_what_was_saved_last(
    client: Client, item: Item, ann: User, noor: User
) -> None:
    hold(signed_in(noor), item)
    theirs = writing.save_text(item, Entry("诺尔的", "N"), by=noor, version=item.version)
    answer = act(client, item, "take-over")
    assert not is_refused(answer)
    assert "Noor is working on" not in answer.text
    assert version_in(answer) == theirs.version
    assert "data-theirs" not in answer.text
    assert Claim.objects.get().user == ann


def test_a_closed_laptop_frees_its_story_in_two_minutes_with_its_text_kept(
    client: Client, item: Item, ann: User, noor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = signed_in(noor)
    hold(other, item)
    keep(other, item, headline="诺尔的")
    later(monkeypatch, seconds=119)
    assert "Noor is working on" in hold(client, item)["held"]
    later(monkeypatch, seconds=2)
    assert "Noor is working on" not in client.get(page(item)).text
    assert hold(client, item)["held"] == ""
    assert Claim.objects.get().user == ann
    assert ItemDraft.objects.get().entry().headline == "诺尔的"


def test_holding_on_prolongs_the_claim(
    client: Client, item: Item, noor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = signed_in(noor)
    hold(other, item)
    later(monkeypatch, seconds=90)
    hold(other, item)
    later(monkeypatch, seconds=90)
    assert "Noor is working on" in hold(client, item)["held"]


def test_who_leaves_lets_go_and_is_not_there_any_more(
    client: Client, item: Item, noor: User
) -> None:
    other = signed_in(noor)
    hold(other, item)
    presence = f"/api/desk/presence/item/{item.pk}/"
    other.post(presence)
    assert client.post(presence).json()["others"] == ["Noor"]
    other.post(f"{presence}leave/")
    assert client.post(presence).json()["others"] == []
    assert hold(client, item)["held"] == ""


def test_leaving_lets_nobody_elses_claim_go(client: Client, item: Item, noor: User) -> None:
    hold(signed_in(noor), item)
    client.post(f"/api/desk/presence/item/{item.pk}/leave/")
    assert Claim.objects.get().user == noor


# What the script asks


def test_a_text_is_judged_by_the_style_of_the_digest_it_stands_in(
    client: Client, item: Item, ann: User
) -> None:
    strict = series("strict", name="Strict", headline_max=4, spacing="spaced")
    lax = series("lax", name="Lax", headline_max=40)
    assert "headline-long" not in lint(client, item, headline="五个汉字呢")
    collaboration.set_current_digest(draft(series=strict), by=ann)
    assert "headline-long" in lint(client, item, headline="五个汉字呢")
    draft(item, series=lax)
    assert "headline-long" not in lint(client, item, headline="五个汉字呢")
    assert "spacing" not in lint(client, item, body="用GPU训练")


def test_a_remark_names_its_place_and_what_mends_it(client: Client, item: Item) -> None:
    found = lint(client, item, body="𠮷第一行。\n\n第二,行。")
    remark = found["half-width-punctuation"]
    assert (remark["field"], remark["line"], remark["severity"]) == ("body", 3, "warning")
    # In code points, though the first character takes two in a browser.
    assert (remark["start"], remark["end"], remark["fix"]) == (9, 10, "，")
    assert remark["sentence"].startswith("line 3: ")


def test_a_remark_without_a_certain_fix_offers_none(client: Client, item: Item) -> None:
    found = lint(client, item, byline="Nobody")
    assert found["byline-unknown"]["fix"] is None
    assert found["byline-unknown"]["field"] == "byline"
    assert "byline-unknown" not in lint(client, item, byline="Mira Okafor")


def test_what_would_refuse_approval_is_an_error_in_the_remarks(client: Client, item: Item) -> None:
    severities = {remark["severity"] for remark in lint(client, item, body=REFUSED).values()}
    assert "error" in severities


def test_judging_a_text_stores_nothing_and_costs_six_queries(
    client: Client, item: Item, ann: User
) -> None:
    draft(item, series=series("strict", name="Strict", headline_max=4))
    with CaptureQueriesContext(connection) as asked:
        lint(client, item, headline="五个汉字呢")
    assert len(asked) <= 6
    assert not ItemDraft.objects.exists()
    assert fresh(item).version == item.version


def test_the_script_is_told_why_nothing_was_approved(
    client: Client, item: Item, noor: User
) -> None:
    newer = items.edit(item, Entry("诺", "N", "", REFUSED), by=noor, version=item.version)
    stale = act(client, item, "approve")
    assert is_refused(stale)
    assert "Noor changed" in messages_of(stale)[0]
    assert messages_of(act(client, newer, "approve"))
    assert fresh(item).status == "draft"


def test_an_act_of_the_script_costs_the_same_whatever_hangs_on_the_item(
    client: Client, ann: User, noor: User
) -> None:
    def statements(item: Item) -> int:
        with CaptureQueriesContext(connection) as asked:
            act(client, item, "save", headline="新标题")
        return len([query for query in asked if "SAVEPOINT" not in query["sql"]])

    bare = story(status=Item.Status.DRAFT)
    item = story(status=Item.Status.DRAFT, source=source("Mira"))
    for number in range(3):
        draft(item)
        item = items.edit(item, Entry("旧", f"{number}"), by=noor, version=item.version)
    keep(client, item, headline="没有保存的")
    collaboration.claim(item, by=noor, lasts=Claim.FOR_WRITING)
    assert statements(bare) <= 20
    assert statements(item) <= 20


# For whom


def test_a_story_in_an_approved_digest_shows_no_buttons_and_saves_nothing(
    client: Client, ann: User
) -> None:
    item = story("不动")
    digest = in_review(item)
    digest.status = "approved"
    digest.save(update_fields=["status"])
    html = client.get(page(item)).text
    assert "This story cannot be changed now." in html
    assert "data-save" not in html.replace("data-saved", "")
    assert errors(press(client, item, "save", headline="动").text)
    assert fresh(item).headline == "不动"


def test_who_may_only_look_gets_no_button_and_every_act_is_refused(item: Item, noor: User) -> None:
    guest = person(role=None, username="guest")
    guest.is_staff = True
    guest.save()
    guest.user_permissions.add(Permission.objects.get(codename="view_item"))
    client = signed_in(guest)
    html = client.get(page(item)).text
    assert "data-approve" not in html
    assert 'value="save"' not in html
    assert lint(client, item, byline="")
    assert errors(press(client, item, "save", headline="新").text)
    collaboration.claim(item, by=noor, lasts=Claim.FOR_WRITING)
    press(client, item, "take-over")
    assert is_refused(act(client, item, "take-over"))
    assert is_refused(act(client, item, "approve"))
    assert Claim.objects.get().user == noor
    refused = [
        api(client, "post", item, "hold"),
        api(client, "put", item, "draft", **TEXT, version=item.version),
    ]
    assert [answer.status_code for answer in refused] == [403] * 2
    assert not ItemDraft.objects.exists()
    assert (fresh(item).headline, fresh(item).status) == ("旧标题", "draft")


def test_who_may_not_look_sees_nothing_and_is_told_nothing(item: Item) -> None:
    nobody = person(role=None, username="nobody")
    nobody.is_staff = True
    nobody.save()
    client = signed_in(nobody)
    assert client.get(page(item)).status_code == 403
    assert press(client, item, "save").status_code == 403
    assert api(client, "post", item, "lint", **TEXT).status_code == 403


def test_nobody_gets_in_without_signing_in(client: Client, item: Item) -> None:
    client.logout()
    assert client.get(page(item)).status_code == 302
    assert api(client, "post", item, "lint", **TEXT).status_code == 401
    assert api(client, "put", item, "draft", **TEXT, version=1).status_code == 401


def test_no_act_is_taken_without_the_token_of_the_form(item: Item, ann: User) -> None:
    client = signed_in(ann, enforce_csrf_checks=True)
    assert press(client, item, "save", headline="新").status_code == 403
    assert api(client, "put", item, "draft", **TEXT, version=1).status_code == 403
    assert fresh(item).headline == "旧标题"


def test_enter_in_a_field_saves_and_chooses_nothing(client: Client, item: Item) -> None:
    form = client.get(page(item)).text.partition('class="writing"')[2]
    first = re.search(r"<button[^>]*>", form)
    assert first and 'value="save"' in first[0]


@pytest.mark.parametrize("status", ["inbox", "draft", "approved"])
def test_who_may_write_and_not_approve_is_offered_only_to_save(status: str) -> None:
    item = story(status=status)
    writer = person(role=None)
    writer.is_staff = True
    writer.save()
    codenames = ["view_item", "change_item"]
    writer.user_permissions.add(*Permission.objects.filter(codename__in=codenames))
    html = signed_in(writer).get(page(item)).text
    assert "data-save" in html
    assert "data-approve" not in html
