"""Composing through the desk's API: each change is saved at once, over the version one saw."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from digests import editorial
from digests.api.desk.presence import state_of
from digests.desk.table import Table
from digests.models import Digest, Item, User
from digests.templatetags.desk import age
from tests.factories import PAST, draft, in_review, person, published, series, source, story
from tests.screens import Response, below, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


@pytest.fixture
def editor() -> User:
    return person(username="ed")


@pytest.fixture
def client(editor: User) -> Client:
    client = signed_in(editor)
    # The first answer prolongs the session, which costs a write.
    client.get("/admin/settings/")
    return client


def post(client: Client, path: str, method: str = "post", /, **given: object) -> Response:
    act = getattr(client, method)
    answer: Response = act(f"/api/desk/{path}", given, content_type="application/json")
    return answer


def headlines(digest: Digest) -> list[str]:
    return [placement.item.headline for placement in digest.placements.in_order()]


def statements(asked: CaptureQueriesContext) -> list[str]:
    framing = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
    return [q["sql"] for q in asked if not q["sql"].startswith(framing)]


def with_sections(count: int, editor: User) -> Digest:
    """A draft with so many stories, half of them in the second of two sections."""
    items = [story(source=source(f"s{n % 5}")) for n in range(count)]
    digest = draft(*items)
    for heading in ("一", "二"):
        digest = editorial.add_section(digest, heading, by=editor, version=digest.version)
    for item in items[count // 2 :]:
        digest = editorial.place(
            digest, item, by=editor, version=digest.version, section=digest.sections.last()
        )
    return digest


def test_a_story_is_placed_moved_and_removed(client: Client) -> None:
    first, second, third = story("a"), story("b"), story("c", status=Item.Status.DRAFT)
    digest = draft(first, second)
    path = f"digests/{digest.pk}"
    answer = post(client, f"{path}/place/", version=digest.version, item=third.pk, position=1)
    assert answer.status_code == 200
    assert headlines(digest) == ["c", "a", "b"]
    version = answer.json()["version"]
    version = post(client, f"{path}/place/", version=version, item=third.pk).json()["version"]
    assert headlines(digest) == ["a", "b", "c"]
    post(client, f"{path}/remove/", version=version, item=first.pk)
    assert headlines(digest) == ["b", "c"]
    assert digest.moves.latest("pk").note == "a"


def test_sections_are_added_named_moved_and_dissolved(client: Client) -> None:
    item = story("a")
    digest = draft(item)
    path = f"digests/{digest.pk}/sections/"
    version = digest.version
    for heading in ("一", "二"):
        version = post(client, path, version=version, heading=heading).json()["version"]
    first, second = digest.sections.all()
    answer = post(
        client, f"{path}{second.pk}/", "put", version=version, heading="新名", intro="引言"
    )
    second.refresh_from_db()
    assert (second.heading, second.intro) == ("新名", "引言")
    version = answer.json()["version"]
    answer = post(client, f"{path}{second.pk}/move/", version=version, position=1)
    assert [section.pk for section in digest.sections.all()] == [second.pk, first.pk]
    post(client, f"{path}{second.pk}/dissolve/", version=answer.json()["version"])
    assert [section.pk for section in digest.sections.all()] == [first.pk]


def test_who_was_faster_is_named_and_nothing_happens(client: Client) -> None:
    first, second = story("a"), story("b")
    digest = draft(first, second)
    fast = person(first_name="Fast", last_name="Fingers")
    editorial.place(digest, second, by=fast, version=digest.version, position=1)
    given = {"version": digest.version, "item": second.pk}
    for path in ("place", "remove"):
        answer = post(client, f"digests/{digest.pk}/{path}/", **given)
        assert answer.status_code == 409
        assert answer.json()["code"] == "stale"
        assert "Fast Fingers moved b (2 → 1)" in answer.json()["detail"]
    assert headlines(digest) == ["b", "a"]


def test_an_edited_story_says_that_it_is_a_draft_again(client: Client) -> None:
    item = story("旧")
    draft(item)
    text = {"headline": "新", "byline": "", "url": item.url, "body": "正文。"}
    answer = post(client, f"items/{item.pk}/", "put", version=item.version, **text)
    assert answer.json() == {"version": item.version + 1, "said": "“新” is now draft."}
    again = post(client, f"items/{item.pk}/", "put", version=item.version, **text)
    assert again.status_code == 409
    answer = post(client, f"digests/items/{item.pk}/approve/", version=item.version + 1)
    assert answer.json()["said"] == "“新” is now approved."


def test_all_that_are_ready_are_approved_and_the_others_say_why_not(client: Client) -> None:
    ready = story("ready", status=Item.Status.DRAFT)
    wrong = story("wrong", status=Item.Status.DRAFT, body="[^1]: x")
    rows = [{"item": item.pk, "version": item.version} for item in (ready, wrong)]
    answer = post(client, "digests/approve-items/", items=rows).json()
    assert answer["said"] == "1 story approved."
    assert len(answer["refused"]) == 1
    ready.refresh_from_db()
    wrong.refresh_from_db()
    assert (ready.status, wrong.status) == ("approved", "draft")


def test_a_digest_is_submitted(client: Client, editor: User) -> None:
    digest = draft(story(), by=editor)
    answer = post(client, f"digests/{digest.pk}/submit/", version=digest.version)
    assert answer.json()["said"].endswith("is now in review.")
    digest.refresh_from_db()
    assert (digest.status, digest.version) == ("review", answer.json()["version"])


def test_a_refusal_names_nothing_by_an_empty_name(client: Client) -> None:
    """An address gives numbers only, and what has gone has no name."""
    digest = draft(story())
    path, version = f"digests/{digest.pk}", digest.version
    for answer in (
        post(client, f"{path}/place/", version=version, item=story().pk, section=99),
        post(client, f"{path}/sections/99/move/", version=version, position=1),
        post(client, f"{path}/remove/", version=version, item=story().pk),
    ):
        assert answer.status_code == 422
        assert "“”" not in answer.json()["detail"]


def test_what_stands_still_is_not_composed(client: Client) -> None:
    item = story()
    digest = in_review(item)
    answer = post(client, f"digests/{digest.pk}/remove/", version=digest.version, item=item.pk)
    assert (answer.status_code, answer.json()["code"]) == (409, "state")
    page = client.get(below(digest, "compose")).text
    assert "it stands still" in page
    assert 'name="do"' not in page
    assert 'data-region="pool"' not in page


def test_nobody_else_composes() -> None:
    item = story()
    digest = draft(item)
    member = person(None, username="member")
    member.is_staff = True
    member.save()
    given = {"version": digest.version, "item": item.pk}
    path = f"digests/{digest.pk}/remove/"
    assert post(signed_in(member), path, **given).status_code == 403
    assert post(Client(), path, **given).status_code == 401
    assert headlines(digest) == [item.headline]


def test_opening_a_draft_makes_it_the_current_digest(client: Client, editor: User) -> None:
    older, newer, gone = draft(), draft(), published()
    for digest, current in [(older, older), (newer, newer), (gone, newer)]:
        client.get(below(digest, "compose"))
        editor.refresh_from_db()
        assert editor.current_digest == current


def test_old_stories_and_repeats_are_flagged(client: Client) -> None:
    digest = draft(
        story("推理模型：为什么会变笨？", posted_at=PAST - timedelta(hours=5)),
        story("新的", posted_at=PAST - timedelta(hours=3)),
        series=series(window_hours=4),
    )
    published(story("推理模型为什么会变笨"), title="昨天", date=PAST - timedelta(days=1))
    published(story("新的"), title="上周", date=PAST - timedelta(days=8))
    page = client.get(below(digest, "compose")).text
    assert page.count("older than the window") == 1
    assert page.count("ran in “") == 1
    assert "ran in “昨天” on" in page


def test_the_age_of_a_story_has_one_unit(monkeypatch: pytest.MonkeyPatch) -> None:
    times = [timedelta(minutes=-3), timedelta(minutes=59), timedelta(hours=47), timedelta(days=3)]
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    assert [age(now - time) for time in times] == ["0 min", "59 min", "47 h", "3 d"]


def test_one_step_leads_over_the_border_of_a_section(client: Client, editor: User) -> None:
    a, b = story("a"), story("b")
    digest = draft(a, b)
    digest = editorial.add_section(digest, "一", by=editor, version=digest.version)
    section = digest.sections.get()
    data = {"do": f"down:{b.pk}", "version": digest.version}
    client.post(below(digest, "compose"), data)
    assert digest.placements.get(item=b).section == section
    digest.refresh_from_db()
    client.post(below(digest, "compose"), data | {"do": f"up:{b.pk}", "version": digest.version})
    assert digest.placements.get(item=b).section is None
    assert headlines(digest) == ["a", "b"]


def test_the_page_and_the_api_name_the_same_state(editor: User) -> None:
    item = story()
    digest = draft(item, story())
    assert Table(digest).state == state_of(digest)
    entry = item.entry().__class__("新", "", item.url, "正文。")
    editorial.edit_item(item, entry, by=editor, version=item.version)
    assert Table(digest).state == state_of(digest)


@pytest.mark.parametrize("count", [3, 30])
def test_compose_costs_the_same_whatever_stands_in_it(
    client: Client, editor: User, count: int
) -> None:
    digest = with_sections(count, editor)
    for number in range(count):
        story(f"候选{number}", source=source(f"p{number}"))
    published(story("候选1", url="https://example.org/else"), date=digest.date)
    address = below(digest, "compose")
    # Opening it makes it the current digest, which costs a write once.
    client.get(address)
    for headers in ({}, {"X-Fragment": "1"}):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address, headers=headers).status_code == 200
        assert len(statements(asked)) <= 8, statements(asked)


@pytest.mark.parametrize("count", [3, 30])
def test_saving_a_move_costs_the_same_whatever_stands_there(
    client: Client, editor: User, count: int
) -> None:
    digest = with_sections(count, editor)
    item = digest.placements.latest("position").item
    version = digest.version
    first, second = digest.sections.all()
    for section in (second.pk, first.pk, None):
        given = {"version": version, "item": item.pk, "section": section, "position": 1}
        with CaptureQueriesContext(connection) as asked:
            answer = post(client, f"digests/{digest.pk}/place/", **given)
        assert answer.status_code == 200
        version = answer.json()["version"]
        assert len(statements(asked)) <= 10, statements(asked)


def test_saving_a_text_tells_of_its_state_only_where_that_changed(client: Client) -> None:
    item = story("甲", status=Item.Status.DRAFT)
    given = {"headline": "乙", "url": item.url, "body": "正文。"}
    answer = post(client, f"items/{item.pk}/", "put", version=item.version, **given)
    assert answer.json()["said"] == ""
    approved = story("“千页”上线", url="https://example.org/pages")
    given |= {"headline": "“千页”下线", "url": approved.url}
    answer = post(client, f"items/{approved.pk}/", "put", version=approved.version, **given)
    assert answer.json()["said"] == "“‘千页’下线” is now draft."


def test_a_refusal_of_a_field_names_it(client: Client) -> None:
    item = story("甲", status=Item.Status.DRAFT)
    given = {"version": item.version, "headline": "长" * 501, "url": item.url}
    answer = post(client, f"items/{item.pk}/", "put", **given)
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("Headline: Ensure this value has at most 500")


def test_a_position_that_is_no_number_is_refused_in_words(client: Client) -> None:
    item = story("甲")
    digest = draft(item, story())
    data = {"version": digest.version, "do": f"move:{item.pk}", f"position-{item.pk}": "abc"}
    answer = client.post(below(digest, "compose"), data, follow=True)
    assert "“abc” is no position: type a number." in answer.text
    assert digest.placements.earliest("position").item == item


def test_the_check_counts_how_often_each_category_was_used_lately(client: Client) -> None:
    digest = draft(story(), categories=("模型", "芯片"))
    for days in (0, 3, 8):
        date = digest.date - timedelta(days=days)
        published(categories=("芯片",), date=date, title=f"芯片{days}")
    other = series("other", name="Other")
    published(categories=("模型",), date=digest.date, series=other)
    page = client.get(below(digest, "findings")).text
    assert re.findall(r'(模型|芯片) <span class="count"[^>]*>(\d+)<', page) == [
        ("模型", "0"),
        ("芯片", "2"),
    ]
