"""The Approve page: what it shows, what it offers and to whom; and the series' rules behind it."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from digests.accounts.roles import ADMINISTRATOR, EDITOR, REVIEWER
from digests.editorial import compose, items, lifecycle
from digests.editorial.errors import Forbidden, Invalid
from digests.models import Digest, Item, Series, User
from tests.factories import (
    approve,
    draft,
    in_review,
    person,
    published,
    series,
    shown,
    spoiled,
    story,
)
from tests.screens import below, errors, offered, signed_in

pytestmark = pytest.mark.django_db

ALONE = "You may approve it alone if you give a reason."
OTHERS = "someone else must approve it."
APPROVE = "Approve this version"


@pytest.fixture
def ada() -> User:
    return person(ADMINISTRATOR, username="ada")


def strict(override: bool = True) -> Series:
    slug = f"strict-{override}".lower()
    return series(slug, name=slug, four_eyes=True, four_eyes_override=override)


def own(user: User, override: bool = True) -> Digest:
    """A digest that this user submitted, in a series that requires a second reviewer."""
    return in_review(by=user, series=strict(override))


def alone(digest: Digest, by: User, reason: str) -> Digest:
    return lifecycle.approve(
        digest, by=by, version=digest.version, sha256=shown(digest), alone=reason
    )


def page_of(digest: Digest, by: User) -> str:
    page = signed_in(by).get(below(digest, "approve"))
    assert page.status_code == 200
    return page.text


def sent(client: Client, digest: Digest, **fields: str) -> dict[str, str]:
    """What the form of the approval sends as it was shown."""
    page = client.get(below(digest, "approve")).text
    return dict(re.findall(r'name="(version|sha256)" value="(\w+)"', page)) | fields


def status(digest: Digest) -> str:
    return Digest.objects.get(pk=digest.pk).status


# A second reviewer


def test_an_administrator_approves_alone_with_a_reason_and_the_history_keeps_it(ada: User) -> None:
    digest = alone(own(ada), ada, "  夜里没有别人  ")
    assert digest.status == "published"
    moves = list(digest.history.values_list("action", "actor", "note", "before", "after"))
    assert moves[-3:] == [
        ("override", ada.pk, "夜里没有别人", "review", "review"),
        ("approve", ada.pk, "", "review", "approved"),
        ("publish", ada.pk, "", "approved", "published"),
    ]
    history = signed_in(person(EDITOR)).get(below(digest, "history")).text
    assert "approved alone" in history
    assert "夜里没有别人" in history


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_without_a_reason_even_an_administrator_does_not_approve_alone(
    ada: User, reason: str
) -> None:
    digest = own(ada)
    with pytest.raises(Invalid, match="give a reason for approving alone"):
        alone(digest, ada, reason)
    assert status(digest) == "review"
    assert not digest.history.filter(action="override").exists()


@pytest.mark.parametrize(
    ("role", "override"), [(REVIEWER, True), (REVIEWER, False), (ADMINISTRATOR, False)]
)
def test_a_reason_is_not_enough_without_the_role_or_the_series(role: str, override: bool) -> None:
    user = person(role)
    digest = own(user, override)
    with pytest.raises(Forbidden, match="requires a second reviewer"):
        alone(digest, user, "急")
    assert status(digest) == "review"
    assert not digest.history.filter(action="override").exists()


def test_superusers_are_bound_as_everybody_is() -> None:
    superuser = person(None, is_superuser=True)
    superuser.is_staff = True
    superuser.save()
    digest = own(superuser, override=False)
    with pytest.raises(Forbidden, match="requires a second reviewer"):
        alone(digest, superuser, "急")
    digest = own(superuser)
    with pytest.raises(Invalid):
        alone(digest, superuser, "")
    assert alone(digest, superuser, "急").status == "published"


def test_a_reason_that_nobody_asked_for_is_not_called_an_override(ada: User) -> None:
    digest = alone(in_review(by=person(EDITOR), series=strict()), ada, "急")
    assert digest.status == "published"
    assert not digest.history.filter(action="override").exists()


def test_an_approval_that_fails_leaves_no_override_behind(ada: User) -> None:
    digest = spoiled(in_review(by=ada, series=strict()))
    with pytest.raises(Invalid):
        alone(digest, ada, "急")
    assert not digest.history.filter(action="override").exists()


@pytest.mark.parametrize(
    ("role", "override", "told", "can"),
    [
        (ADMINISTRATOR, True, ALONE, True),
        (ADMINISTRATOR, False, OTHERS, False),
        (REVIEWER, True, OTHERS, False),
    ],
)
def test_the_page_tells_beforehand_whether_a_second_reviewer_is_needed(
    role: str, override: bool, told: str, can: bool
) -> None:
    user = person(role)
    digest = own(user, override)
    page = page_of(digest, user)
    assert told in page
    assert (APPROVE in page) == can
    assert ('name="alone"' in page) == (role == ADMINISTRATOR and override)
    other = page_of(digest, person(ADMINISTRATOR))
    assert "second reviewer" not in other
    assert 'name="alone"' not in other
    assert APPROVE in other


def test_who_approves_alone_on_the_page_gives_the_reason_there(ada: User) -> None:
    digest, client = own(ada), signed_in(ada)
    answer = client.post(below(digest, "approve"), sent(client, digest, alone="", note="看过"))
    assert "give a reason for approving alone" in errors(answer.text)
    assert status(digest) == "review"
    # What was written is shown, where it can be seen.
    assert re.search(r"<details open>.*看过</textarea>", answer.text, re.DOTALL)
    client.post(below(digest, "approve"), sent(client, digest, alone="急", note="看过"))
    assert status(digest) == "published"
    assert digest.history.get(action="override").note == "急"
    assert digest.history.get(action="approve").note == "看过"


@pytest.mark.postgresql
def test_the_page_shows_why_it_was_sent_back_before_the_note_on_what_was_submitted(
    ada: User,
) -> None:
    ed = person(EDITOR)
    digest = in_review(by=ed)
    digest = lifecycle.send_back(digest, by=ada, version=digest.version, note="标题太长")
    digest = lifecycle.submit(digest, by=ed, version=digest.version, note="已经改短")
    page = signed_in(ada).get(below(digest, "approve")).text
    assert re.findall("标题太长|已经改短", page)[:2] == ["标题太长", "已经改短"]


def test_each_field_of_the_approval_has_a_name(ada: User) -> None:
    for digest in (own(ada), in_review()):
        page = page_of(digest, ada)
        for name in re.findall(r'<textarea[^>]* id="([^"]+)"', page):
            assert f'for="{name}"' in page


def test_the_page_gives_the_date_in_the_zone_that_it_names(ada: User) -> None:
    ada.time_zone = "America/New_York"
    ada.save()
    page = " ".join(re.sub(r"<[^>]+>", "", page_of(in_review(), ada)).split())
    assert "2026-11-20 08:00 Asia/Shanghai · 2026-11-19 19:00 your time" in page


# Stories that wait


def test_stories_that_wait_are_approved_from_the_page(ada: User) -> None:
    waiting = [story("第一条", status=Item.Status.DRAFT), story("第二条", status=Item.Status.DRAFT)]
    digest = in_review(story(), *waiting)
    client = signed_in(ada)
    page = client.get(below(digest, "approve")).text
    assert "第一条" in page
    assert APPROVE not in page
    pairs = re.findall(r'name="(item|version-\d+)" value="(\d+)"', page)
    assert len(pairs) == 4
    data: dict[str, list[str]] = {"do": ["approve-items"]}
    for name, value in pairs:
        data.setdefault(name, []).append(value)
    answer = client.post(below(digest, "approve"), data, follow=True)
    assert "2 stories approved." in answer.text
    assert APPROVE in answer.text
    assert {item.history.latest("pk").actor for item in waiting} == {ada}


def test_a_story_that_changed_meanwhile_is_not_approved_and_the_others_are(ada: User) -> None:
    first, second = (story(name, status=Item.Status.DRAFT) for name in ("第一条", "第二条"))
    digest = in_review(first, second)
    data: dict[str, list[object]] = {"do": ["approve-items"], "item": [first.pk, second.pk]}
    data |= {f"version-{item.pk}": [item.version] for item in (first, second)}
    entry = first.entry().__class__("改了", "Mira Okafor", first.url, "新的。")
    items.edit(first, entry, by=person(EDITOR, first_name="Noor"), version=first.version)
    answer = signed_in(ada).post(below(digest, "approve"), data, follow=True)
    assert "Noor changed" in errors(answer.text)
    assert "1 story approved." in answer.text
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == ("draft", "approved")


@pytest.mark.parametrize("sent", ["", "x", "1:2:3", "1"])
def test_nonsense_for_a_story_is_answered_as_such(ada: User, sent: str) -> None:
    digest = in_review()
    data = {"do": "approve-items", "item": [sent]}
    assert signed_in(ada).post(below(digest, "approve"), data).status_code == 400


def test_an_editor_approves_no_digest_by_that_address() -> None:
    digest, editor = in_review(), signed_in(person(EDITOR))
    data = {"version": str(digest.version), "sha256": shown(digest), "note": ""}
    editor.post(below(digest, "approve"), data)
    assert status(digest) == "review"


# What readers see


def test_what_readers_see_is_framed_only_beside_what_differs_from_it(ada: User) -> None:
    digest = in_review()
    assert below(digest, "live") not in page_of(digest, ada)
    digest = approve(digest)
    assert below(digest, "live") not in page_of(digest, ada)
    digest = lifecycle.correct(digest, by=ada, version=digest.version)
    assert below(digest, "live") not in page_of(digest, ada)
    compose.place(digest, story(), by=ada, version=digest.version)
    page = page_of(digest, ada)
    assert below(digest, "live") in page
    assert below(digest, "frame") in page


def test_the_frame_shows_the_public_text_and_not_the_one_in_work(ada: User) -> None:
    digest = published(story("公开的"))
    digest = lifecycle.correct(digest, by=ada, version=digest.version)
    compose.place(digest, story("还没公开"), by=ada, version=digest.version)
    client = signed_in(ada)
    frame = client.get(below(digest, "live")).text
    assert "公开的" in frame
    assert "还没公开" not in frame
    assert "还没公开" in client.get(below(digest, "frame")).text


def test_a_frame_is_of_the_sites_origin_and_runs_nothing(ada: User) -> None:
    digest = in_review(story(), by=ada)
    client = signed_in(ada)
    for name in ("compose", "reader", "approve"):
        frames = re.findall(r"<iframe[^>]*>", client.get(below(digest, name)).text)
        # Together with scripts, the origin would undo the sandbox.
        assert [re.findall(r'sandbox="([^"]*)"', frame) for frame in frames] == [
            ["allow-same-origin"]
        ]
    frame = client.get(below(digest, "frame"))
    assert "<script" not in frame.text
    policy = frame.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "style-src 'self'" in policy
    assert "script-src" not in policy


def test_where_nothing_is_public_there_is_no_frame_of_it(ada: User) -> None:
    assert signed_in(ada).get(below(in_review(), "live")).status_code == 404


# Correct, abandon, withdraw


def in_each_state(ada: User) -> dict[str, Digest]:
    """A digest in each state that judgement may meet."""
    later = timezone.now() + timedelta(hours=4)
    corrected = published()
    return {
        "review": in_review(),
        "approved": approve(in_review(date=later)),
        "published": published(),
        "correction": lifecycle.correct(corrected, by=ada, version=corrected.version),
    }


OFFERED = {
    "review": {"send_back"},
    "approved": {"send_back", "publish"},
    "published": {"correct", "withdraw"},
    "correction": {"abandon", "withdraw"},
}


@pytest.mark.parametrize("role", [REVIEWER, ADMINISTRATOR])
def test_the_page_offers_what_the_state_allows(ada: User, role: str) -> None:
    user = person(role)
    digests = in_each_state(ada)
    assert {name: offered(page_of(digest, user)) for name, digest in digests.items()} == OFFERED


@pytest.mark.parametrize("verb", ["correct", "withdraw", "abandon"])
def test_the_page_offers_no_more_than_the_permissions(ada: User, verb: str) -> None:
    user = person(EDITOR)
    user.user_permissions.add(Permission.objects.get(codename=f"{verb}_digest"))
    digest = published()
    if verb == "abandon":
        digest = lifecycle.correct(digest, by=ada, version=digest.version)
    page = page_of(digest, user)
    assert offered(page) == {verb}
    assert APPROVE not in page


def test_a_first_draft_is_not_judged_yet(ada: User) -> None:
    digest = draft(story())
    assert signed_in(ada).get(below(digest, "approve")).headers["Location"] == below(
        digest, "compose"
    )


def test_an_editor_finds_nothing_there_to_judge(ada: User) -> None:
    client = signed_in(person(EDITOR))
    for digest in in_each_state(ada).values():
        assert client.get(below(digest, "approve")).headers["Location"] == below(digest, "compose")


def test_who_may_look_at_no_digest_is_refused() -> None:
    nobody = person(role=None)
    nobody.is_staff = True
    nobody.save()
    assert signed_in(nobody).get(below(in_review(), "approve")).status_code == 403


# The form of a series


def fields(**changed: object) -> dict[str, object]:
    return {
        "name": "Global AI",
        "slug": "global-ai",
        "language": "zh-hans",
        "time_zone": "Asia/Shanghai",
        "path_pattern": "{date:%Y-%m-%d-%H%M}.md",
        "extra": "{}",
    } | changed


def add(ada: User, **changed: object) -> str:
    """What the form says against being saved."""
    answer = signed_in(ada).post("/admin/digests/series/add/", fields(**changed))
    return errors(answer.text)


def test_a_series_keeps_its_approval_and_its_house_style(ada: User) -> None:
    changed = {"four_eyes": "on", "four_eyes_override": "on", "body_min": 40, "body_max": 40}
    changed |= {"link_hosts": "example.org Example.COM", "spacing": "spaced", "window_hours": 4}
    assert add(ada, **changed) == ""
    made = Series.objects.get()
    assert (made.four_eyes, made.four_eyes_override, made.window_hours) == (True, True, 4)
    style = made.house_style(())
    assert (style.hosts, style.body_min, style.body_max) == (("example.org", "example.com"), 40, 40)


def test_four_eyes_are_not_given_up_unless_somebody_ticks_it(ada: User) -> None:
    add(ada, four_eyes="on")
    assert Series.objects.get().four_eyes_override is False


@pytest.mark.parametrize(
    ("hosts", "wrong"),
    [
        ("https://example.org", "https://example.org"),
        ("example.org/path", "example.org/path"),
        ("ok.example, example.org", "ok.example,"),
        ("example.org:8080", "example.org:8080"),
        ("user@example.org", "user@example.org"),
        ("example.org.", "example.org."),
        ("*.example.org", "*.example.org"),
        ("example.org?q", "example.org?q"),
        ("/", "/"),
    ],
)
def test_what_is_no_name_of_a_host_is_refused_by_its_name(
    ada: User, hosts: str, wrong: str
) -> None:
    assert f"“{wrong}” is not the name of a host" in add(ada, link_hosts=hosts)
    assert not Series.objects.exists()


def test_the_shortest_body_is_not_longer_than_the_longest(ada: User) -> None:
    said = add(ada, body_min=601, body_max=600)
    assert "The shortest body cannot be longer than the longest." in said
    assert not Series.objects.exists()
    assert add(ada, body_min=601, body_max="") == ""


@pytest.mark.parametrize(("name", "value"), [("bold_max", 101), ("window_hours", 0)])
def test_a_limit_that_makes_no_sense_is_refused(ada: User, name: str, value: int) -> None:
    assert add(ada, **{name: value})
    assert not Series.objects.exists()


# What it is called, and how much of it is shown


def heading(digest: Digest, by: User) -> str:
    found = re.search(r"<h1>(.*?)</h1>", page_of(digest, by))
    assert found
    return found[1]


def test_the_page_is_called_what_it_shows(ada: User) -> None:
    digests = in_each_state(ada)
    assert {name: heading(digest, ada) for name, digest in digests.items()} == {
        "review": "Approve",
        "approved": "What readers will see",
        "published": "What readers see",
        "correction": "As readers would see it",
    }


def test_what_did_not_change_is_folded(ada: User) -> None:
    digest = published(*(story(f"第{number}条") for number in range(9)))
    digest = lifecycle.correct(digest, by=ada, version=digest.version)
    digest = compose.place(digest, story("新的一条"), by=ada, version=digest.version)
    digest = lifecycle.submit(digest, by=ada, version=digest.version)
    changes = page_of(digest, ada).split('id="changes"')[1].split("</section>")[0]
    shown_at_once = re.sub(r"<details.*?</details>", "", changes, flags=re.DOTALL)
    assert "新的一条" in shown_at_once
    assert "第0条" not in shown_at_once
    assert re.search(r"<summary>… \d+ unchanged lines</summary>", changes)


def test_the_history_does_not_say_the_same_word_twice(ada: User) -> None:
    digest = published()
    page = signed_in(ada).get(below(digest, "history")).text
    told = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert "reviewer approved revision" in told
    assert "submitted in review" in told
