"""Files of an archive become digests, and digests the same files again."""

from collections import Counter
from datetime import timedelta
from functools import partial
from io import StringIO
from pathlib import Path
from typing import IO, Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, OperationalError, connection, models
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from psycopg.errors import DeadlockDetected

from digests.accounts.roles import EDITOR, REVIEWER
from digests.delivery.folder import sweep
from digests.editorial import compose, lifecycle
from digests.editorial.errors import Forbidden
from digests.editorial.importing import Imported, import_digest
from digests.management.commands import import_digests
from digests.models import (
    Category,
    Digest,
    Entry,
    HistoryEntry,
    Item,
    LiveDigest,
    Placement,
    Section,
    Series,
    Source,
)
from tests.editorial.test_concurrency import at_once
from tests.embedded import ROOT
from tests.exported import files, path_of
from tests.factories import approve, live_revision, person, published, series, source

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

SEED = ROOT / "tests/data/seed_twin.md"


def archive(folder: Path, **texts: str | bytes) -> Path:
    """A folder of files: `a_b="…"` is the file a-b.md."""
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        path = folder / f"{name.replace('_', '-')}.md"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def text(
    title: str = "旧一期",
    date: str = "2026-11-20T08:00:00+08:00",
    *,
    categories: str = '"AI 发展"',
    items: list[str] | None = None,
) -> str:
    items = items or ["[旧闻-米拉](https://example.org/old)\n\n    正文。"]
    body = "\n\n".join(f"{n}.  {item}" for n, item in enumerate(items, 1))
    return f'---\ntitle: "{title}"\ndate: {date}\ncategories: [{categories}]\n---\n\n{body}'


def run(*paths: Path, **options: object) -> list[str]:
    """The command's lines; a refusal is raised as it ends: with 1."""
    out = StringIO()
    options = {"series": "global-ai"} | options
    try:
        call_command("import_digests", *map(str, paths), stdout=out, **options)
    except CommandError as error:
        assert error.returncode == 1
        return [*out.getvalue().splitlines(), str(error)]
    return out.getvalue().splitlines()


def nothing_is_left() -> bool:
    nouns = (Series, Category, Digest, Section, Placement, Item, HistoryEntry, Entry, Source)
    return not any(noun.objects.exists() for noun in nouns)


def test_the_archives_file_comes_back_byte_for_byte(root: Path) -> None:
    lines = run(SEED, time_zone="Asia/Shanghai")
    assert lines[0] == f"{SEED}: imported as 2026-03-02-0800.md"
    assert lines[-1] == "1 imported, 0 of them rewritten; 0 unchanged; 0 refused."
    sweep()
    # Its name has an underscore, which names in the folder have not.
    assert files(root) == {"2026-03-02-0800.md": SEED.read_bytes()}
    digest = Digest.objects.get()
    assert digest.status == Digest.Status.PUBLISHED
    assert live_revision(digest).entries.count() == digest.placements.count() == 8
    assert set(digest.items.values_list("status", flat=True)) == {Item.Status.APPROVED}
    history = [(line.action, line.before, line.after, line.actor) for line in digest.history.all()]
    assert history == [
        ("import", "", "approved", None),
        ("publish", "approved", "published", None),
    ]


def test_the_samples_come_back_byte_for_byte_under_their_own_names(root: Path) -> None:
    samples = ROOT / "samples/digests"
    run(samples / "global-ai", time_zone="Asia/Shanghai", language="zh-hans")
    run(samples / "tech-week", series="tech-week", time_zone="Europe/London", language="en")
    sweep()
    written = files(root)
    originals = {path.name: path.read_bytes() for path in samples.rglob("*.md")}
    assert written == originals


def test_what_is_frozen_is_what_the_rows_hold(root: Path, tmp_path: Path) -> None:
    source(byline="米拉")
    story = "1.  [{0}-米拉](https://example.org/{0})\n\n    正文。"
    parted = text(categories='"行业", "AI 发展"') + "\n\n## 研究\n\n引言。\n\n" + story.format(2)
    parted += "\n\n## 工具\n\n" + story.format(3)
    other = text("又一期", items=["[旧闻-某人](https://x.com/a/1)"])
    run(archive(tmp_path / "in", a=parted, b=other), time_zone="Asia/Shanghai")
    run(SEED)
    for digest in Digest.objects.all():
        revision, copy = live_revision(digest), digest.working_copy()
        assert (revision.as_document(), revision.text) == (copy.document, copy.judgement.text)
        assert revision.document_sha256 == copy.fingerprint
    assert Digest.objects.count() == 3
    assert Section.objects.count() == 2


def test_a_missing_series_is_made_with_the_zone_and_never_without(root: Path) -> None:
    assert run(SEED) == ["There is no series “global-ai”: its --time-zone must be given."]
    assert run(SEED, time_zone="Asia/Nowhere") == [
        "“Asia/Nowhere” is not a time zone. Use a name such as Asia/Shanghai."
    ]
    assert "is an address of the site" in run(SEED, series="admin", time_zone="UTC")[0]
    assert nothing_is_left()
    run(SEED, time_zone="Asia/Shanghai")
    made = Series.objects.get()
    assert (made.slug, made.name, made.time_zone) == ("global-ai", "global-ai", "Asia/Shanghai")
    assert made.language == "en"
    assert made.extra == {}


def test_an_existing_series_keeps_its_zone_and_language(root: Path) -> None:
    series()
    assert run(SEED, time_zone="Europe/Paris") == [
        "--time-zone is Europe/Paris, but the series “global-ai” has Asia/Shanghai."
    ]
    assert run(SEED, language="en") == ["--language is en, but the series “global-ai” has zh-hans."]
    assert not Digest.objects.exists()
    assert run(SEED, time_zone="Asia/Shanghai", language="zh-hans")[0].endswith(
        ": imported as 2026-03-02-0800.md"
    )


def test_a_new_series_takes_the_extra_keys_of_its_first_file(root: Path, tmp_path: Path) -> None:
    keys = 'categories: []\nlayout: "post"\nrender_with_liquid: false\n---'
    first = text(categories="").replace("categories: []\n---", keys)
    folder = archive(tmp_path / "in", a=first, b=text("另一期"))
    lines = run(folder, time_zone="Asia/Shanghai")
    assert Series.objects.get().extra == {"layout": "post", "render_with_liquid": False}
    assert "imported" in lines[0]
    assert "refused: The extra keys {} are not those of the series" in lines[1]
    sweep()
    assert files(root) == {"a.md": first.encode()}


def test_a_new_series_takes_no_extra_key_of_a_file_that_is_refused(
    root: Path, tmp_path: Path
) -> None:
    odd = text().replace("---\n\n", "null: false\n---\n\n")
    folder = archive(tmp_path / "in", a=odd, b="not a digest", c=text())
    lines = run(folder, time_zone="Asia/Shanghai")
    assert lines[0].endswith("“null” cannot be a further key of the front matter.")
    assert lines[1].endswith("refused: line 1: The file does not begin with ---.")
    assert lines[2].endswith("c.md: imported")
    assert Series.objects.get().extra == {}


def test_extra_keys_in_another_order_are_rewritten_in_that_of_the_series(
    root: Path, tmp_path: Path
) -> None:
    series(extra={"layout": "post", "render_with_liquid": False})
    keys = 'render_with_liquid: false\nlayout: "post"\n---\n\n'
    folder = archive(tmp_path / "in", a=text().replace("---\n\n", keys))
    assert run(folder)[0].endswith("a.md: imported, rewritten: line 5")
    assert run(folder)[0].endswith("a.md: unchanged")


def test_a_date_with_another_offset_than_the_zones_is_refused_naming_both(
    root: Path, tmp_path: Path
) -> None:
    folder = archive(tmp_path / "in", summer=text(date="2026-07-01T08:00:00+00:00"))
    lines = run(folder, time_zone="Europe/London")
    assert lines[0].endswith(
        "summer.md: refused: The date has the offset +00:00,"
        " but Europe/London is at +01:00 at that time."
    )
    assert nothing_is_left()


@pytest.mark.parametrize(
    "date",
    ["0001-01-01T00:00:00", "0001-01-02T00:00:00", "9999-12-30T00:00:00", "9999-12-31T23:59:59"],
)
def test_a_date_at_either_end_of_the_calendar_is_imported_and_known_again(
    root: Path, tmp_path: Path, date: str
) -> None:
    folder = archive(tmp_path / "in", a=text(date=f"{date}+00:00"))
    assert run(folder, time_zone="UTC")[-1].startswith("1 imported")
    assert run(folder)[-1].startswith("0 imported, 0 of them rewritten; 1 unchanged")


@pytest.mark.parametrize("date", ["0001-01-01T00:00:00+08:00", "9999-12-31T23:00:00-08:00"])
def test_a_date_beyond_the_calendar_is_refused_and_keeps_no_other_out(
    root: Path, tmp_path: Path, date: str
) -> None:
    folder = archive(tmp_path / "in", a=text(date=date), b=text(date="2026-11-20T08:00:00+00:00"))
    lines = run(folder, time_zone="UTC")
    assert "refused: The date is before year 1 or after 9999" in lines[0]
    assert lines[-1].startswith("1 imported")


def test_importing_again_changes_nothing(root: Path, tmp_path: Path) -> None:
    folder = archive(tmp_path / "in", a=text("一"), b=text("二"))
    run(folder, time_zone="Asia/Shanghai")
    sweep()
    steps, before = HistoryEntry.objects.count(), files(root)
    lines = run(folder)
    assert [line.rpartition(": ")[2] for line in lines[:2]] == ["unchanged", "unchanged"]
    assert HistoryEntry.objects.count() == steps
    assert sweep().idle
    assert files(root) == before


def test_the_same_digest_with_another_text_is_refused_with_the_difference(
    root: Path, tmp_path: Path
) -> None:
    run(archive(tmp_path / "in", a=text()), time_zone="Asia/Shanghai")
    other = text(items=["[旧闻-米拉](https://example.org/old)\n\n    改过的正文。"])
    lines = run(archive(tmp_path / "other", a=other))
    assert "refused: The digest is here already, with another text:" in lines[0]
    assert "-    正文。" in lines
    assert "+    改过的正文。" in lines
    assert lines[-1] == "0 imported, 0 of them rewritten; 0 unchanged; 1 refused."
    assert Item.objects.get().body == "正文。"


def renamed(digest: Digest, title: str) -> Digest:
    """The digest with another title, and a later date, in its working copy."""
    return compose.edit(
        digest,
        by=person(REVIEWER),
        version=digest.version,
        title=title,
        date=digest.date + timedelta(days=1),
        categories=list(digest.categories.all()),
        intro=digest.intro,
        outro=digest.outro,
    )


def corrected(digest: Digest) -> Digest:
    return lifecycle.correct(digest, by=person(REVIEWER), version=digest.version)


def test_a_digest_whose_correction_has_another_title_is_known_by_what_the_public_sees(
    root: Path, tmp_path: Path
) -> None:
    folder = archive(tmp_path / "in", a=text())
    run(folder, time_zone="Asia/Shanghai")
    renamed(corrected(Digest.objects.get()), "新一期")
    assert run(folder)[0].endswith("a.md: unchanged")
    assert Digest.objects.get().title == "新一期"
    other = archive(tmp_path / "other", a=text().replace("正文", "改过的正文"))
    assert "refused: The digest is here already, with another text:" in run(other)[0]
    taken = archive(tmp_path / "taken", a=text("新一期", "2026-11-21T08:00:00+08:00"))
    assert "refused: The digest is here already, with another text:" in run(taken)[0]
    assert Digest.objects.count() == 1


def test_a_corrected_digest_is_known_by_its_earlier_title_too(root: Path, tmp_path: Path) -> None:
    folder = archive(tmp_path / "in", a=text())
    run(folder, time_zone="Asia/Shanghai")
    digest = renamed(corrected(Digest.objects.get()), "新一期")
    approve(lifecycle.submit(digest, by=person(REVIEWER), version=digest.version))
    lines = run(folder)
    assert "refused: The digest is here already, with another text:" in lines[0]
    assert {'-title: "新一期"', '+title: "旧一期"'} <= set(lines)
    assert Digest.objects.count() == 1


def test_a_withdrawn_digest_does_not_come_back_by_an_import(root: Path, tmp_path: Path) -> None:
    folder = archive(tmp_path / "in", a=text())
    run(folder, time_zone="Asia/Shanghai")
    digest, by = Digest.objects.get(), person(REVIEWER)
    digest = lifecycle.withdraw(digest, by=by, version=digest.version, note="有误。")
    assert run(folder)[0].endswith("a.md: unchanged")
    renamed(lifecycle.reopen(digest, by=by, version=digest.version), "新一期")
    assert run(folder)[0].endswith("a.md: unchanged")
    assert not LiveDigest.objects.exists()
    assert Digest.objects.count() == 1


def test_an_imported_draft_is_known_though_its_title_was_changed(
    root: Path, tmp_path: Path
) -> None:
    folder = archive(tmp_path / "in", a=text())
    run(folder, time_zone="Asia/Shanghai", draft=True)
    renamed(Digest.objects.get(), "新一期")
    assert run(folder)[0].endswith("a.md: unchanged")
    assert Digest.objects.count() == 1


def test_a_digest_is_known_by_its_instant_though_its_series_moved_two_days_away(
    root: Path, tmp_path: Path
) -> None:
    folder = archive(tmp_path / "in", a=text(date="2026-11-20T01:00:00+14:00"))
    run(folder, time_zone="Pacific/Kiritimati")
    Digest.objects.update(title="改过的标题")  # so that only its revisions know the file's
    Series.objects.update(time_zone="Etc/GMT+12")
    moved = archive(tmp_path / "moved", a=text(date="2026-11-18T23:00:00-12:00"))
    assert "refused: The digest is here already, with another text:" in run(moved)[0]


def test_the_same_title_and_date_in_another_series_is_another_digest(
    root: Path, tmp_path: Path
) -> None:
    folder = archive(tmp_path / "in", a=text())
    run(folder, time_zone="Asia/Shanghai")
    lines = run(folder, series="weekly", time_zone="Asia/Shanghai")
    assert lines[0].endswith("a.md: imported as 2026-11-20-0800.md")
    assert LiveDigest.objects.count() == 2


def test_drafts_wait_for_an_approval(root: Path, tmp_path: Path) -> None:
    lines = run(archive(tmp_path / "in", mine=text()), time_zone="Asia/Shanghai", draft=True)
    assert lines[0].endswith("mine.md: imported as a draft")
    digest = Digest.objects.get()
    assert digest.status == digest.history.get().after == Digest.Status.DRAFT
    assert digest.live_revision is None
    assert digest.items.get().status == Item.Status.DRAFT
    assert sweep().idle
    assert files(root) == {}
    assert run(tmp_path / "in", draft=True)[0].endswith("mine.md: unchanged")


def test_a_date_to_come_waits_for_its_time(root: Path, tmp_path: Path) -> None:
    year = timezone.now().year + 2
    folder = archive(tmp_path / "in", later=text(date=f"{year}-01-01T08:00:00+08:00"))
    lines = run(folder, time_zone="Asia/Shanghai")
    assert lines[0] == f"{folder / 'later.md'}: imported, waits for its date"
    digest = Digest.objects.get()
    assert digest.status == Digest.Status.APPROVED
    assert digest.live_revision is None
    line = digest.history.get()
    assert (line.action, line.before, line.after) == ("import", "", "approved")
    assert sweep().idle


def test_a_dry_run_tells_the_same_and_keeps_nothing(root: Path, tmp_path: Path) -> None:
    folder = archive(
        tmp_path / "in",
        a=text("一"),
        b=text("一", items=["[又一次](https://example.org/2)"]),
        c=text("二") + "\n",
        d="not a digest",
    )
    dry = run(folder, time_zone="Asia/Shanghai", dry_run=True)
    assert nothing_is_left()
    wet = run(folder, time_zone="Asia/Shanghai")
    assert dry == [*wet[:-1], f"{wet[-1]} Nothing of it was kept: a dry run."]
    assert wet[-1] == "2 imported, 1 of them rewritten; 0 unchanged; 2 refused."


def test_a_good_name_is_kept_and_any_other_is_made_from_the_date(
    root: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "in"
    names = ["2026/good-name.md", "Great_Name.md", "good.markdown", "index.md", "con.md"]
    for number, name in enumerate(names):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text(f"第{number}期"))
    lines = run(folder, time_zone="Asia/Shanghai")
    assert lines[-1].startswith("5 imported")
    sweep()
    default = ["2026-11-20-0800.md"] + [f"2026-11-20-0800-{n}.md" for n in (2, 3, 4)]
    assert sorted(files(root)) == sorted(["2026/good-name.md", *default])


def test_a_name_that_another_digest_holds_is_not_taken(root: Path, tmp_path: Path) -> None:
    holder = published()
    name = path_of(holder).removesuffix(".md").replace("-", "_")
    run(archive(tmp_path / "in", **{name: text(date="2026-10-01T08:00:00+08:00")}))
    sweep()
    assert set(files(root)) == {holder.path, "2026-10-01-0800.md"}


def test_the_same_story_in_two_files_is_one_item(root: Path, tmp_path: Path) -> None:
    folder = archive(tmp_path / "in", a=text("一"), b=text("二"))
    run(folder, time_zone="Asia/Shanghai")
    assert Item.objects.count() == 1
    assert Placement.objects.count() == 2


def test_the_same_link_with_another_text_repeats_the_first_item(root: Path, tmp_path: Path) -> None:
    again = text("二", items=["[旧闻，另一种说法-米拉](https://example.org/old?utm_source=x)"])
    run(archive(tmp_path / "in", a=text("一"), b=again), time_zone="Asia/Shanghai")
    first, second = Item.objects.order_by("pk")
    assert second.repeat_of == first
    assert first.url_key == second.url_key
    sweep()
    assert files(root)["b.md"] == again.encode()


def test_the_same_link_with_two_texts_in_one_file_is_an_item_and_its_repeat(
    root: Path, tmp_path: Path
) -> None:
    series()
    link = "https://example.org/old"
    items = [f"[旧闻-米拉]({link})\n\n    {body}" for body in ("一。", "二。", "三。")]
    assert run(archive(tmp_path / "in", a=text(items=items)))[-1].startswith("1 imported")
    first, *repeats = Item.objects.order_by("pk")
    assert [placed.item.body for placed in Placement.objects.order_by("position")] == [
        "一。", "二。", "三。",
    ]  # fmt: skip
    assert first.repeat_of is None
    assert [item.repeat_of for item in repeats] == [first, first]


def test_a_file_of_many_stories_costs_no_more_queries_than_one_of_few(
    root: Path, tmp_path: Path
) -> None:
    def cost(count: int, title: str) -> int:
        items = [
            f"[第{n}条-米拉](https://example.org/{title}{n})\n\n    正文。" for n in range(count)
        ]
        with CaptureQueriesContext(connection) as asked:
            run(archive(tmp_path / title, a=text(title, items=items)))
        return len(asked)

    series()
    cost(2, "first")
    # Three count the month. On PostgreSQL one is the lock of imports, and two check the references.
    assert cost(40, "many") == cost(2, "few") <= 56


def test_a_row_that_the_database_refuses_is_named_with_its_place_and_reason(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    series()
    rule = models.CheckConstraint(
        condition=~models.Q(headline="坏"), name="no_bad", violation_error_message="不行。"
    )
    monkeypatch.setattr(Item._meta, "constraints", [*Item._meta.constraints, rule])
    create = Item.objects.bulk_create

    def refuse(rows: list[Item]) -> list[Item]:
        if any(row.headline == "坏" for row in rows):
            raise IntegrityError("no_bad")
        return create(rows)

    monkeypatch.setattr(Item.objects, "bulk_create", refuse)
    items = [f"[{word}-米拉](https://example.org/{word})\n\n    正文。" for word in ("好", "坏")]
    lines = run(archive(tmp_path / "in", a=text(items=items)))
    assert lines[0].endswith("refused: story 2: 不行。")
    assert not Digest.objects.exists()


def test_a_category_is_known_whatever_its_case_and_spelled_as_here(
    root: Path, tmp_path: Path
) -> None:
    series()
    Category.objects.create(name="AI")
    folder = archive(tmp_path / "in", a=text(categories='"ai", "Chips", "chips"'))
    assert ", rewritten: line 4" in run(folder)[0]
    assert set(Category.objects.values_list("name", flat=True)) == {"AI", "Chips"}
    assert LiveDigest.objects.get().live_revision.document["categories"] == ["AI", "Chips"]
    (tmp_path / "again").mkdir()
    sweep()
    assert run(root)[0].endswith("unchanged")


def test_a_story_that_stands_twice_in_a_file_is_two_items(root: Path, tmp_path: Path) -> None:
    item = "[旧闻-米拉](https://example.org/old)\n\n    正文。"
    twice = text(items=[item, item])
    run(archive(tmp_path / "in", a=twice), time_zone="Asia/Shanghai")
    sweep()
    assert files(root) == {"a.md": twice.encode()}


def test_a_known_sources_byline_is_found_and_none_is_invented(root: Path, tmp_path: Path) -> None:
    mira = source("Jean-Luc 米拉")
    items = [
        "[旧闻-Jean-Luc 米拉](https://example.org/1)",
        "[新闻-GPT-某人](https://example.org/2)",
        "[没有署名](https://example.org/3)",
    ]
    lines = run(archive(tmp_path / "in", a=text(items=items)), time_zone="Asia/Shanghai")
    known, guessed, plain = Item.objects.order_by("pk")
    assert (known.headline, known.byline, known.source) == ("旧闻", "Jean-Luc 米拉", mira)
    assert (guessed.headline, guessed.byline, guessed.source) == ("新闻-GPT", "某人", None)
    assert (plain.headline, plain.byline) == ("没有署名", "")
    assert Source.objects.get() == mira
    assert lines[1] == "Bylines of no known source, split off at a hyphen (1): 某人"


def test_only_known_bylines_are_split_off_where_that_is_wanted(root: Path, tmp_path: Path) -> None:
    source("米拉")
    items = ["[旧闻-米拉](https://example.org/1)", "[GPT-5 发布](https://example.org/2)"]
    folder = archive(tmp_path / "in", a=text(items=items))
    assert len(run(folder, time_zone="Asia/Shanghai", bylines="known")) == 2
    entries = Item.objects.order_by("pk").values_list("headline", "byline")
    assert list(entries) == [("旧闻", "米拉"), ("GPT-5 发布", "")]
    # The file is the same, however its labels were read.
    assert run(folder)[0].endswith(": unchanged")


def test_what_is_too_long_for_a_byline_is_none(root: Path, tmp_path: Path) -> None:
    long = "长" * (Item._meta.get_field("byline").max_length or 0)
    items = [f"[旧-{long}](https://example.org/1)", f"[新-{long}长](https://example.org/2)"]
    run(archive(tmp_path / "in", a=text(items=items)), time_zone="Asia/Shanghai")
    entries = Item.objects.order_by("pk").values_list("headline", "byline")
    assert list(entries) == [("旧", long), (f"新-{long}长", "")]


@pytest.mark.parametrize("line", ["draft: true", "published: false"])
def test_a_file_that_says_so_becomes_a_draft(root: Path, tmp_path: Path, line: str) -> None:
    hidden = text().replace("\n---\n\n", f"\n{line}\n---\n\n")
    folder = archive(tmp_path / "in", mine=hidden)
    lines = run(folder, time_zone="Asia/Shanghai")
    assert lines[0].endswith("mine.md: imported as a draft, rewritten: line 5")
    digest = Digest.objects.get()
    assert digest.status == Digest.Status.DRAFT
    assert digest.live_revision is None
    assert Series.objects.get().extra == {}
    assert sweep().idle
    assert run(folder)[0].endswith("mine.md: unchanged")


@pytest.mark.parametrize("of_series", [{}, {"draft": False}, {"layout": "news", "draft": False}])
def test_an_archive_may_say_of_each_file_whether_it_is_a_draft(
    root: Path, tmp_path: Path, of_series: dict[str, str | bool]
) -> None:
    """As those of Hugo do, and a series that has such a key from an earlier import keeps it."""
    if of_series:
        series(extra=of_series)
    layout = '\nlayout: "news"' if "layout" in of_series else ""
    folder = archive(
        tmp_path / "in",
        a=text("一").replace("\n---\n\n", f"{layout}\ndraft: false\n---\n\n"),
        b=text("二").replace("\n---\n\n", f"{layout}\ndraft: true\n---\n\n"),
        c=text("三").replace("\n---\n\n", f"{layout}\n---\n\n"),
    )
    lines = run(folder, time_zone="Asia/Shanghai")
    assert lines[-1].startswith("3 imported")
    states = dict(Digest.objects.values_list("title", "status"))
    assert states == {"一": "published", "二": "draft", "三": "published"}
    assert Series.objects.get().extra == of_series
    assert run(folder)[-1].startswith("0 imported, 0 of them rewritten; 3 unchanged")


def test_files_about_their_folder_are_skipped_and_said(root: Path, tmp_path: Path) -> None:
    folder = archive(tmp_path / "in", a=text(), README="# About", readme2=text("二"))
    (folder / "_index.md").write_text(text("三"))
    (folder / "notes.txt").write_text(text("四"))
    lines = run(folder, time_zone="Asia/Shanghai")
    skipped = [line.partition(": ")[0] for line in lines if ": skipped: " in line]
    assert skipped == [str(folder / "README.md"), str(folder / "_index.md")]
    assert lines[-1] == "2 imported, 0 of them rewritten; 0 unchanged; 0 refused; 2 skipped."


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\xff\xfe", "line 1: This is not UTF-8."),
        (text().encode() + b"\n\xe4\xb8", "line 10: This is not UTF-8."),
        (b"x" * 8_000_001, "It is longer than 8000000 bytes."),
        (b"x" * 2_000_001, "The file is longer than 2000000 characters."),
        (b"", "line 1: "),
        (b"no front matter", "line 1: The file does not begin with ---."),
        (text().replace("正文", "正\x00文").encode(), "line 9: "),
        (text(title="题" * 301).encode(), "Title: Ensure this value has at most 300 "),
        (
            text(categories=f'"AI", "{"类" * 101}"').encode(),
            f"category “{'类' * 101}”: Name: Ensure this value has at most 100 characters",
        ),
        (text(categories='"a/b"').encode(), "line 4: The category “a/b” contains a slash"),
        (text(items=[f"[{'长' * 501}](https://example.org/1)"]).encode(), "story 1: Headline: "),
        (text(items=["[旧闻](javascript:alert)"]).encode(), "story 1"),
        (
            f"{text()}\n\n## {'长' * 201}\n\n1.  [又一条](https://example.org/2)".encode(),
            "section 2: Heading: ",
        ),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_with_its_reason_and_leaves_nothing(
    root: Path, tmp_path: Path, content: bytes, reason: str
) -> None:
    folder = archive(tmp_path / "in", bad=content)
    lines = run(folder, time_zone="Asia/Shanghai")
    assert lines[0].startswith(f"{folder / 'bad.md'}: refused: ")
    assert reason in lines[0]
    assert lines[-1] == "0 imported, 0 of them rewritten; 0 unchanged; 1 refused."
    assert nothing_is_left()


WITH_COMMENT = text(items=["[旧闻](https://example.org/1)\n\n    <!--more-->"])
WITH_TAGS = text().replace("\n---\n\n", '\ntags: ["AI"]\n---\n\n')


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (WITH_COMMENT, "story 1, line 9: Readers would see this comment as text"),
        (text(items=["旧闻 https://example.org/1"]), "story 1, line 7: The headline ends in an"),
        (f"{text()}\n\n---\n\n2.  [又](https://example.org/2)", "line 13: The outro goes on with"),
        (WITH_TAGS, "line 5: Digests have no tags"),
        (
            text().partition("1.  ")[0],
            "line 5: There is no story here: a digest needs at least one",
        ),
    ],
)
def test_what_readers_would_not_see_as_it_was_meant_is_refused(
    root: Path, tmp_path: Path, content: str, reason: str
) -> None:
    folder = archive(tmp_path / "in", bad=content)
    lines = run(folder, time_zone="Asia/Shanghai")
    assert lines[0].startswith(f"{folder / 'bad.md'}: refused: {reason}")
    assert nothing_is_left()


def test_a_refused_file_keeps_no_other_out(root: Path, tmp_path: Path) -> None:
    folder = archive(tmp_path / "in", a="nonsense", b=text("一"), c=b"\xff", d=text("二"))
    lines = run(folder, time_zone="Asia/Shanghai")
    assert [line.partition(": ")[2][:8] for line in lines[:4]] == [
        "refused:", "imported", "refused:", "imported",
    ]  # fmt: skip
    assert lines[-1].startswith("2 imported")


def test_a_file_that_the_database_refuses_keeps_no_other_out(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = import_digest

    def fails(text: str, *args: Any, **options: Any) -> Imported:
        if "一期" in text:
            raise IntegrityError("UNIQUE constraint failed: digests_digest.path\nDETAIL: a.md")
        return take(text, *args, **options)

    monkeypatch.setattr(import_digests, "import_digest", fails)
    folder = archive(tmp_path / "in", a=text("第一期"), b=text("第二"))
    lines = run(folder, time_zone="Asia/Shanghai")
    assert lines[0] == (
        f"{folder / 'a.md'}: refused: The database does not take it:"
        " UNIQUE constraint failed: digests_digest.path DETAIL: a.md"
    )
    assert lines[1] == f"{folder / 'b.md'}: imported"
    assert lines[-1].endswith("1 refused.")


@pytest.mark.django_db(transaction=True)
def test_one_archive_imported_by_many_at_once_comes_in_once(root: Path, tmp_path: Path) -> None:
    folder = archive(tmp_path / "in", a=text("一"), b=text("二"), c=text("三"))
    results = at_once(*([lambda: run(folder, time_zone="Asia/Shanghai")] * 4))
    told = [lines for lines in results if isinstance(lines, list)]
    assert len(told) == 4, results
    assert all(lines[-1].endswith(" 0 refused.") for lines in told), told
    outcomes = Counter(line.rpartition(": ")[2] for lines in told for line in lines[:3])
    assert outcomes == {"imported": 3, "unchanged": 9}
    assert Series.objects.count() == Category.objects.count() == Item.objects.count() == 1
    assert LiveDigest.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_files_that_share_name_category_and_story_are_imported_at_once(root: Path) -> None:
    ours = series()
    titles = ["一", "二", "三", "四"]
    results = at_once(
        *(partial(import_digest, text(title), ours, by=None, name="same.md") for title in titles)
    )
    assert {getattr(result, "outcome", result) for result in results} == {"imported"}
    assert Category.objects.count() == Item.objects.count() == 1
    paths = set(LiveDigest.objects.values_list("path", flat=True))
    assert len(paths) == 4
    assert "same.md" in paths


def test_a_file_that_cannot_be_read_is_refused(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = archive(tmp_path / "in", a=text("一"), b=text("二"))
    opened = Path.open

    def forbidden(path: Path, *args: Any) -> IO[Any]:
        if path.name == "a.md":
            raise PermissionError(13, "Permission denied")
        file: IO[Any] = opened(path, *args)
        return file

    monkeypatch.setattr(Path, "open", forbidden)
    lines = run(folder, time_zone="Asia/Shanghai")
    assert lines[0] == f"{folder / 'a.md'}: refused: Permission denied."
    assert lines[1] == f"{folder / 'b.md'}: imported"


def test_a_path_that_does_not_exist_stops_before_anything_is_imported(
    root: Path, tmp_path: Path
) -> None:
    folder = archive(tmp_path / "in", a=text())
    missing = tmp_path / "missing"
    assert run(folder, missing, time_zone="Asia/Shanghai") == [
        f"There is no file or folder {missing}."
    ]
    empty = tmp_path / "empty"
    empty.mkdir()
    assert run(empty, time_zone="Asia/Shanghai") == ["There is no .md or .markdown file in it."]
    assert nothing_is_left()


def test_what_is_hidden_in_a_folder_is_left_alone(root: Path, tmp_path: Path) -> None:
    folder = archive(tmp_path / "in", a=text())
    archive(folder / ".git", b=text("二"))
    (folder / ".hidden.md").write_text(text("三"))
    assert run(folder, time_zone="Asia/Shanghai")[-1].startswith("1 imported")


def test_a_progress_bar_is_shown_on_a_terminal_only(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal(StringIO):
        def isatty(self) -> bool:
            return True

    folder = archive(tmp_path / "in", a=text("一"), b=text("二"))
    terminal, pipe = Terminal(), StringIO()
    monkeypatch.setattr("sys.stderr", pipe)
    piped = run(folder, time_zone="Asia/Shanghai", dry_run=True)
    monkeypatch.setattr("sys.stderr", terminal)
    assert run(folder, time_zone="Asia/Shanghai", dry_run=True) == piped
    assert pipe.getvalue() == ""
    assert "100%" in terminal.getvalue()


def test_an_editor_may_not_import(root: Path) -> None:
    with pytest.raises(Forbidden):
        import_digest(SEED.read_text(), series(), by=person(EDITOR))


def test_extra_keys_keep_their_order_in_the_database_and_in_the_revision(tmp_path: Path) -> None:
    keys = {"zebra": "z", "layout": "post", "a": True}
    ours = series(extra=keys)
    ours.refresh_from_db()
    assert list(ours.extra) == list(keys)
    live = live_revision(published(series=ours))
    live.refresh_from_db()
    assert [key for key, _ in live.as_document().extra] == list(keys)


def test_a_database_that_fails_ends_the_import_with_a_sentence_and_what_was_done(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    series()
    folder = archive(tmp_path / "in", a=text(), b=text("二"), c=text("三"))

    def fail_at_the_third(content: str, *args: Any, **options: Any) -> Imported:
        if "三" in content:
            raise OperationalError("server closed the connection")
        return import_digest(content, *args, **options)

    monkeypatch.setattr(import_digests, "import_digest", fail_at_the_third)
    *lines, sentence = run(folder)
    assert len(lines) == 2
    assert sentence.startswith(
        "The database failed (server closed the connection). Until then: 2 imported, "
    )
    assert Digest.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_file_that_the_database_broke_off_because_of_others_is_imported_again(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = [DeadlockDetected()]

    def import_or_fail(*args: Any, **options: Any) -> Imported:
        imported = import_digest(*args, **options)
        if left:
            raise OperationalError from left.pop()
        return imported

    monkeypatch.setattr(import_digests, "import_digest", import_or_fail)
    lines = run(archive(tmp_path, a=text("标题")), time_zone="Asia/Shanghai")
    assert lines[-1].startswith("1 imported")
    assert Digest.objects.count() == 1
