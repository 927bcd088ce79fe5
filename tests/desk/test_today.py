"""Today: what needs doing, as it is shown to each role."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from digests.accounts.roles import ADMINISTRATOR, EDITOR, REVIEWER
from digests.delivery.folder import ExportError, sweep
from digests.editorial import collaboration, compose, lifecycle
from digests.models import (
    Category,
    Digest,
    ExportedFile,
    ExportMark,
    Item,
    Presence,
    Site,
    Source,
    SweepReport,
    User,
)
from tests.factories import (
    approve,
    draft,
    in_review,
    live_revision,
    move,
    person,
    published,
    series,
    source,
    story,
)
from tests.screens import below, signed_in

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> list[timedelta]:
    """It is noon; what is added to the list has passed since."""
    passed: list[timedelta] = []
    for clock in ("django.utils.timezone.now", "digests.models.clock.now"):
        monkeypatch.setattr(clock, lambda: sum(passed, start=NOON))
    return passed


@pytest.fixture
def rita() -> User:
    return person(REVIEWER, username="rita", first_name="Rita")


def shown(user: User, heading: str) -> list[str]:
    """The lines below a heading of Today, as this user reads them."""
    page = signed_in(user).get("/admin/")
    assert page.status_code == 200
    for section in re.findall(r"<section.*?</section>", page.text, re.DOTALL):
        if heading in read(section.split("</h2>")[0]):
            return [read(line) for line in re.findall(r"<li.*?</li>", section, re.DOTALL)]
    return []


def read(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def send_back(digest: Digest, by: User, note: str) -> Digest:
    return lifecycle.send_back(digest, by=by, version=digest.version, note=note)


@pytest.mark.postgresql
def test_who_was_sent_something_back_reads_why_and_by_whom(
    ann: User, rita: User, clock: list[timedelta]
) -> None:
    digest = send_back(in_review(by=ann, title="午间"), rita, "标题太长")
    clock.append(timedelta(minutes=20))
    assert shown(ann, "Sent back to you") == ["午间 标题太长 Rita · 20 min ago"]
    assert below(digest, "compose") in signed_in(ann).get("/admin/").text
    assert shown(rita, "Sent back to you") == []
    assert shown(person(EDITOR), "Sent back to you") == []


def test_who_submitted_somebody_elses_digest_reads_that_it_was_sent_back(
    ann: User, rita: User
) -> None:
    noor = person(EDITOR)
    digest = draft(story(), by=ann, title="午间")
    digest = lifecycle.submit(digest, by=noor, version=digest.version)
    send_back(digest, rita, "标题太长")
    assert len(shown(noor, "Sent back to you")) == len(shown(ann, "Sent back to you")) == 1


def test_what_was_sent_back_stays_while_it_is_mended_and_goes_with_its_resubmission(
    ann: User, rita: User
) -> None:
    digest = send_back(in_review(by=ann), rita, "缺一条")
    digest = compose.place(digest, story(), by=ann, version=digest.version)
    assert len(shown(ann, "Sent back to you")) == 1
    digest = lifecycle.submit(digest, by=ann, version=digest.version)
    assert shown(ann, "Sent back to you") == []
    # Sent back again, it is one line with the new reason.
    send_back(digest, rita, "还缺一条")
    (line,) = shown(ann, "Sent back to you")
    assert "还缺一条" in line


def test_a_correction_begun_later_is_not_said_to_be_sent_back(ann: User, rita: User) -> None:
    digest = send_back(in_review(by=ann), rita, "再看")
    digest = lifecycle.submit(digest, by=ann, version=digest.version)
    digest = approve(digest, by=rita)
    lifecycle.correct(digest, by=rita, version=digest.version)
    assert shown(ann, "Sent back to you") == []


def test_only_who_may_approve_is_told_what_waits(ann: User, rita: User) -> None:
    digest = in_review(by=ann, title="待批")
    draft(title="草稿")
    published(title="已发布")
    assert shown(rita, "Waiting for your approval") == ["待批 Global AI · Ann"]
    assert below(digest, "approve") in signed_in(rita).get("/admin/").text
    assert "Waiting for your approval" not in signed_in(ann).get("/admin/").text


def test_who_may_approve_and_has_nothing_to_is_told_so(rita: User) -> None:
    assert shown(rita, "Waiting for your approval") == [
        "Nothing is waiting for you. Digests come here when they are submitted."
    ]


@pytest.mark.parametrize("four_eyes", [True, False])
def test_what_needs_a_second_reviewer_is_flagged_for_whose_work_it_is(
    ann: User, rita: User, four_eyes: bool
) -> None:
    strict = series("strict", name="Strict", four_eyes=four_eyes)
    in_review(by=rita, series=strict, title="自己的")
    in_review(by=ann, series=strict, title="别人的")
    flagged = [line for line in shown(rita, "Waiting") if "needs a second reviewer" in line]
    assert [line.split()[0] for line in flagged] == (["自己的"] if four_eyes else [])
    assert not any("second reviewer" in line for line in shown(person(REVIEWER), "Waiting"))


@pytest.mark.postgresql
def test_what_is_due_says_when_and_how_it_stands(ann: User) -> None:
    ann.time_zone = "UTC"
    ann.save()
    in_review(by=ann, title="晚了", date=NOON - timedelta(hours=2))
    in_review(by=ann, title="昨天", date=NOON - timedelta(hours=13))
    in_review(by=ann, title="快了", date=NOON + timedelta(minutes=30))
    approve(in_review(by=ann, title="今夜", date=NOON + timedelta(hours=9)))
    draft(title="后天", date=NOON + timedelta(hours=25))
    assert shown(ann, "Due") == [
        "07:00 昨天 in review Asia/Shanghai · 2026-11-24 23:00 your time"
        " · Global AI · Ann · late by 13 h",
        "18:00 晚了 in review Asia/Shanghai · 10:00 your time · Global AI · Ann · late by 2 h",
        "20:30 快了 in review Asia/Shanghai · 12:30 your time · Global AI · Ann · in 30 min",
        "05:00 今夜 approved Asia/Shanghai · 2026-11-25 21:00 your time · Global AI · Ann · in 9 h",
    ]


@pytest.mark.postgresql
def test_what_was_published_last_leads_to_its_page(ann: User) -> None:
    ann.time_zone = "UTC"
    ann.save()
    assert shown(ann, "Recently published") == []
    digests = [published(by=ann, date=NOON - timedelta(hours=hour)) for hour in range(4)]
    lines = shown(ann, "Recently published")
    assert [line.split(" Public page ")[0] for line in lines] == [str(each) for each in digests[:3]]
    assert "2026-11-25 20:00 Asia/Shanghai · 12:00 your time" in lines[0]
    page = signed_in(ann).get("/admin/").text
    assert f'href="{Digest.objects.get(pk=digests[0].pk).get_absolute_url()}"' in page


@pytest.mark.parametrize("zone", ["Asia/Singapore", ""])
def test_a_user_of_the_same_zone_or_of_none_reads_one_time(ann: User, zone: str) -> None:
    in_review(title="快了", date=NOON + timedelta(minutes=30))
    ann.time_zone = zone
    ann.save()
    (line,) = shown(ann, "Due")
    assert "your time" not in line


def test_what_readers_have_or_shall_not_have_any_more_is_not_due(ann: User, rita: User) -> None:
    published(by=ann, title="已发布", date=NOON - timedelta(hours=4))
    corrected = published(by=ann, title="更正", date=NOON - timedelta(hours=1))
    corrected = lifecycle.correct(corrected, by=rita, version=corrected.version)
    lifecycle.submit(corrected, by=rita, version=corrected.version)
    for title in ("撤回", "重开"):
        gone = published(by=ann, title=title, date=NOON - timedelta(hours=2))
        gone = lifecycle.withdraw(gone, by=rita, version=gone.version, note="有误")
    lifecycle.reopen(gone, by=rita, version=gone.version)
    assert shown(ann, "Due") == ["Nothing is due within 24 hours."]


def test_a_draft_that_nobody_submitted_has_promised_nothing(ann: User, rita: User) -> None:
    draft(by=ann, title="刚建", date=NOON - timedelta(minutes=20))
    assert shown(ann, "Due") == ["Nothing is due within 24 hours."]
    # One of a time to come is not counted down: it would be late on a page that stands open.
    draft(by=ann, title="排定", date=NOON + timedelta(minutes=20))
    assert [line.rpartition(" · ")[2] for line in shown(ann, "Due")] == ["Ann"]
    send_back(in_review(by=ann, title="退回", date=NOON - timedelta(minutes=20)), rita, "再看")
    line, _scheduled = shown(ann, "Due")
    assert line.endswith("late by 20 min")


def test_a_correction_says_what_readers_see_wherever_it_stands(ann: User, rita: User) -> None:
    digest = published(by=ann, title="更正", date=NOON - timedelta(hours=1))
    digest = lifecycle.correct(digest, by=rita, version=digest.version)
    said = "correction; readers see revision 1"
    assert said in shown(ann, "Drafts")[0]
    lifecycle.submit(digest, by=ann, version=digest.version)
    assert said in shown(rita, "Waiting")[0]


@pytest.mark.parametrize("seconds", [-40, 0, 40])
def test_what_is_due_within_a_minute_is_due_now(ann: User, seconds: int) -> None:
    in_review(by=ann, title="午间", date=NOON + timedelta(seconds=seconds))
    assert shown(ann, "Due")[0].endswith("· due now")


@pytest.mark.postgresql
def test_drafts_say_who_is_in_them_and_which_one_is_current(
    ann: User, clock: list[timedelta]
) -> None:
    noor = person(EDITOR, first_name="Noor")
    first, second = draft(story(), story(), by=ann, title="甲"), draft(by=ann, title="乙")
    in_review(by=ann, title="送审")
    collaboration.heartbeat(first, by=noor)
    collaboration.heartbeat(second, by=noor)
    clock.append(timedelta(seconds=100))
    collaboration.heartbeat(second, by=ann)
    collaboration.set_current_digest(first, by=ann)
    clock.append(timedelta(seconds=30))
    assert sorted(shown(ann, "Drafts")) == [
        "乙 0 stories · Global AI · Ann ● Ann",
        "甲 current 2 stories · Global AI · Ann",
    ]
    assert Presence.objects.count() == 3


@pytest.mark.postgresql
def test_the_inbox_is_counted_by_source_the_fullest_first(ann: User) -> None:
    mira, tomas = source("Mira"), source("Tomas")
    for _number in range(2):
        story(source=tomas, status=Item.Status.INBOX)
    story(source=mira, status=Item.Status.INBOX, posted_at=NOON - timedelta(hours=5))
    for _number in range(3):
        story(status=Item.Status.INBOX)
    story(source=mira, status=Item.Status.DRAFT)
    assert shown(ann, "Inbox") == ["No source 3", "Tomas 2", "Mira 1"]
    page = signed_in(ann).get("/admin/").text
    assert "5 from the last four hours" in page
    assert f"?source={tomas.pk}" in page
    assert "?source=0" in page
    inbox = signed_in(ann).get("/admin/inbox/?source=0").text
    assert 'data-total="3"' in inbox
    assert '<option value="0" selected>No source · 3</option>' in inbox
    assert 'data-total="6"' in signed_in(ann).get("/admin/inbox/").text


def swept(**fields: object) -> None:
    fields = {"started_at": NOON, "ended_at": NOON, "error": ""} | fields
    SweepReport.objects.update_or_create(pk=1, defaults=fields)


def deliver(digest: Digest, state: str) -> None:
    revision = live_revision(digest)
    ExportedFile.objects.create(path=f"{digest.pk}.md", revision=revision, sha256="", state=state)


def test_a_folder_that_was_never_written_is_not_in_step(ann: User) -> None:
    assert shown(ann, "Export") == [
        "The export folder has not been written yet:"
        " each digest’s file is written when it is published."
    ]


def test_the_folder_is_in_step_when_everything_public_is_written(
    ann: User, clock: list[timedelta]
) -> None:
    deliver(published(), "written")
    draft()
    swept()
    clock.append(timedelta(minutes=3))
    assert shown(ann, "Export") == ["Checked 3 min ago", "Up to date"]


@pytest.mark.postgresql
def test_what_waits_for_the_folder_is_counted(ann: User) -> None:
    deliver(published(), "written")
    published()
    swept()
    assert shown(ann, "Export") == ["Checked just now", "1 digest is waiting to be written"]


def test_why_a_sweep_could_not_be_done_is_said_in_the_language_of_whoever_reads_it(
    ann: User, root: Path
) -> None:
    root.write_text("no folder")
    with pytest.raises(ExportError, match=f"The export folder {root} cannot be used: "):
        sweep()
    assert f"The export folder {root} cannot be used: File exists." in shown(ann, "Export")
    ann.language = "zh-hans"
    ann.save()
    assert f"无法使用导出文件夹 {root}：已有同名文件。" in signed_in(ann).get("/admin/").text


def test_a_sentence_within_that_of_a_sweep_is_translated_too(ann: User) -> None:
    swept(
        error="The export folder %(folder)s cannot be used: %(why)s.",
        error_params={"folder": "/srv/x", "why": "A symbolic link has its name"},
    )
    ann.language = "zh-hans"
    ann.save()
    sentence = "无法使用导出文件夹 /srv/x：此处有一个同名的符号链接。"
    assert sentence in signed_in(ann).get("/admin/").text


def test_what_an_earlier_version_said_of_a_sweep_is_shown_as_it_is(ann: User) -> None:
    swept(error="100% of the disk is used")
    assert "100% of the disk is used" in shown(ann, "Export")


def test_a_file_that_somebody_else_holds_needs_attention(ann: User) -> None:
    deliver(published(), "conflict")
    swept(error="Disk full")
    assert shown(ann, "Export") == [
        "Disk full",
        "Checked just now",
        "1 file of the export folder needs attention.",
    ]


PLAN = {
    "mark": "0" * 32,
    "removed": {"count": 60, "paths": ["2026/new.md"]},
    "overwritten": {"count": 1, "paths": ["corrected.md"]},
    "brought_back": {"count": 0, "paths": []},
}


def test_an_administrator_reads_what_a_newer_folder_would_lose() -> None:
    swept(error="Newer", plan=PLAN)
    lines = shown(person(ADMINISTRATOR), "newer than the database")
    assert lines == [
        "Would be removed 60 2026/new.md", "…",
        "Would be overwritten by an older text 1 corrected.md",
    ]  # fmt: skip


def test_others_read_of_a_newer_folder_and_decide_nothing(ann: User) -> None:
    swept(error="Newer", plan=PLAN)
    assert shown(ann, "newer than the database") == []
    assert shown(ann, "Export")[0] == "Newer"
    assert "2026/new.md" not in signed_in(ann).get("/admin/").text


def test_an_administrator_gives_up_what_is_newer_with_one_button() -> None:
    swept(error="Newer", plan=PLAN)
    chief = person(ADMINISTRATOR)
    page = signed_in(chief).post("/admin/export/overwrite/", {"mark": "0" * 32}, follow=True)
    assert "The next sweep will make the export folder match the database." in page.text
    assert ExportMark.objects.get().confirmed_by == chief


@pytest.mark.parametrize("mark", ["1" * 32, "", "\0"])
def test_what_was_not_seen_is_not_given_up(mark: str) -> None:
    swept(error="Newer", plan=PLAN)
    page = signed_in(person(ADMINISTRATOR)).post(
        "/admin/export/overwrite/", {"mark": mark}, follow=True
    )
    assert "The export folder has changed since you saw this list." in page.text
    assert not ExportMark.objects.exists()


def test_only_administrators_give_up_what_is_newer(rita: User) -> None:
    swept(error="Newer", plan=PLAN)
    page = signed_in(rita).post("/admin/export/overwrite/", {"mark": "0" * 32}, follow=True)
    assert "You don’t have permission to do this." in unescape(page.text)
    assert not ExportMark.objects.exists()


def test_files_of_others_in_the_folder_are_listed(ann: User) -> None:
    swept(foreign={"count": 3, "paths": ["a.md", "b.md"]})
    assert shown(ann, "Export")[1:4] == [
        "3 files in the export folder are not Newsroom’s a.md", "b.md", "…",
    ]  # fmt: skip


def test_the_count_of_files_leads_to_these_files_alone(ann: User) -> None:
    for state in ("written", "conflict", "failed"):
        deliver(published(), state)
    swept()
    client = signed_in(ann)
    [link] = re.findall(r'href="(\S*exportedfile/\?\S*)"', client.get("/admin/").text)
    listed = client.get(unescape(link))
    assert listed.status_code == 200
    assert {row.state for row in listed.context["cl"].result_list} == {"conflict", "failed"}


def steps_of(user: User) -> dict[str, str]:
    """The first steps that Today shows this user, each with its address, or “done”."""
    page = signed_in(user).get("/admin/").text
    section = page.partition('<section class="first-steps">')[2].partition("</section>")[0]
    rows = re.findall(r'<li( class="done")?>.*?href="(.*?)">(.*?)</a>', section, re.DOTALL)
    return {title: "done" if done else unescape(address) for done, address, title in rows}


def test_a_new_newsroom_shows_its_administrator_the_first_steps() -> None:
    ada = person(ADMINISTRATOR, sees_first_steps=True)
    assert steps_of(ada) == {
        "Describe the site": "/admin/digests/site/1/change/?next=%2Fadmin%2F",
        "Add the first series": "/admin/digests/series/add/?next=%2Fadmin%2F",
        "Invite people": "/admin/digests/user/add/?next=%2Fadmin%2F",
        "Add sources": "/admin/digests/source/add/?next=%2Fadmin%2F",
        "Collect stories": "/admin/inbox/",
        "Publish the first digest": "/admin/digests/digest/add/",
    }
    Site.objects.update(about="编辑部")
    source()
    digest = draft(by=ada)
    person(EDITOR)
    story(by=ada)
    steps = steps_of(ada)
    assert steps.pop("Publish the first digest") == below(digest, "compose")
    assert set(steps.values()) == {"done"}


def test_an_editor_sees_only_the_first_steps_that_are_theirs(ann: User) -> None:
    User.objects.update(sees_first_steps=True)
    assert list(steps_of(ann)) == ["Collect stories", "Publish the first digest"]


def test_the_first_steps_are_hidden_once_they_are_done() -> None:
    ada = person(ADMINISTRATOR, sees_first_steps=True)
    client, digest = signed_in(ada), in_review()
    button = "Hide this list"
    assert button not in client.get("/admin/").text
    assert steps_of(ada)["Publish the first digest"] == below(digest, "approve")
    approve(digest)
    assert button in client.get("/admin/").text
    # What was published once stays done.
    move(digest, lifecycle.withdraw, note="Wrong")
    for _time in range(2):
        page = client.get("/admin/").text
        assert "first-steps" in page
        assert button in page
    client.post("/admin/first_steps/hide/")
    assert "first-steps" not in client.get("/admin/").text


@pytest.mark.parametrize("is_published", [False, True])
def test_a_new_user_sees_the_first_steps_unless_others_took_them(is_published: bool) -> None:
    if is_published:
        approve(in_review())
    fields = {"username": "mira", "email": "mira@example.org", "is_active": "on"}
    signed_in(person(ADMINISTRATOR)).post("/admin/digests/user/add/", fields)
    assert User.objects.get(username="mira").sees_first_steps != is_published


def test_today_asks_whether_something_is_published_once() -> None:
    client = signed_in(person(ADMINISTRATOR, sees_first_steps=True))
    with CaptureQueriesContext(connection) as queries:
        client.get("/admin/")
    asked = [query["sql"] for query in queries if '"published_at" IS NULL) LIMIT 1' in query["sql"]]
    assert len(asked) == 1


def test_a_form_of_the_first_steps_leads_back_to_today() -> None:
    client = signed_in(person(ADMINISTRATOR))
    fields = {
        "name": "AI", "slug": "ai", "language": "en", "time_zone": "UTC",
        "path_pattern": "{date:%Y-%m-%d}.md", "extra": "{}",
    }  # fmt: skip
    answer = client.post("/admin/digests/series/add/?next=%2Fadmin%2F", fields)
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")
    # Nobody is led off the site.
    fields |= {"name": "B", "slug": "b"}
    answer = client.post("/admin/digests/series/add/?next=//example.org/", fields)
    assert answer["Location"] == "/admin/digests/series/"


def test_a_new_digest_without_a_series_leads_to_a_new_series(ann: User) -> None:
    answer = signed_in(person(ADMINISTRATOR)).get("/admin/digests/digest/add/", follow=True)
    form = "/admin/digests/series/add/?next=%2Fadmin%2Fdigests%2Fdigest%2Fadd%2F"
    assert answer.redirect_chain == [(form, 302)]
    assert "A digest belongs to a series: add the first one" in answer.text
    page = signed_in(ann).get("/admin/digests/digest/add/").text
    assert "An administrator can add the first one." in page
    assert "<select" not in page


@pytest.mark.parametrize("role", [EDITOR, ADMINISTRATOR])
@pytest.mark.parametrize(
    ("noun", "next_page"),
    [
        ("digest", "/admin/digests/digest/add/"),
        ("item", "/admin/inbox/"),
        ("series", "/admin/digests/series/add/"),
        ("source", "/admin/digests/source/add/"),
        ("category", "/admin/digests/category/add/"),
        ("exportedfile", "/admin/digests/digest/"),
    ],
)
def test_an_empty_list_says_what_comes_next_and_who_may(
    role: str, noun: str, next_page: str
) -> None:
    client = signed_in(person(role))
    page = client.get(f"/admin/digests/{noun}/").text
    hint = page.rpartition('<p class="quiet">')[2].partition("</p>")[0]
    needs_role = noun in ("series", "source", "category") and role == EDITOR
    assert (f'href="{next_page}"' in hint) != needs_role
    assert ("An administrator can add the first one." in hint) == needs_role
    # A search that finds nothing is no empty list.
    assert hint not in client.get(f"/admin/digests/{noun}/?q=x").text


def test_nothing_is_asked_for_that_does_not_exist(ann: User) -> None:
    client = signed_in(ann)
    digest = draft(by=ann, categories=())
    Category.objects.all().delete()
    pages = {
        "categories": below(digest, "details"),
        "source": "/admin/digests/item/add/",
    }
    for name, address in pages.items():
        assert f'<select name="{name}"' not in client.get(address).text
    Category.objects.create(name="AI 发展")
    source()
    for name, address in pages.items():
        assert f'<select name="{name}"' in client.get(address).text


def test_the_only_series_is_chosen_already(ann: User) -> None:
    only = series()
    assert f'value="{only.pk}" selected' in signed_in(ann).get("/admin/digests/digest/add/").text


def test_who_has_no_role_is_told_nothing() -> None:
    nobody = person(role=None)
    nobody.is_staff = True
    nobody.save()
    in_review(title="秘密")
    story("候选", status=Item.Status.INBOX, source=source("Mira"))
    page = signed_in(nobody).get("/admin/").text
    assert not any(word in page for word in ("秘密", "Mira", "Due", "Drafts", "Export"))


def fill(count: int, rita: User) -> None:
    """`count` more rows for each list, with people, series and sources of their own."""
    for _number in range(count):
        number = Digest.objects.count()
        strict = series(f"s{number}", name=f"S{number}", four_eyes=True)
        ed = person(EDITOR)
        in_review(by=ed, series=strict, date=NOON)
        open_draft = draft(by=ed, series=strict, date=NOON)
        collaboration.heartbeat(open_draft, by=ed)
        send_back(in_review(by=rita, series=strict), rita, "再看")
        story(status=Item.Status.INBOX, source=source(f"Source {Source.objects.count()}"))
        deliver(published(by=ed), "written")
    swept()


def queries(client: Client) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get("/admin/").status_code == 200
    return len(asked)


def test_today_costs_the_same_for_three_rows_and_for_twenty(rita: User) -> None:
    fill(3, rita)
    collaboration.set_current_digest(Digest.objects.filter(status="draft")[0], by=rita)
    client = signed_in(rita)
    few = queries(client)
    fill(17, rita)
    # Two of them are of slots: those to come, and those that alarm.
    assert queries(client) == few <= 19
