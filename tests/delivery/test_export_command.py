"""`manage.py export_digests`, and `manage.py rerender`."""

from io import StringIO
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from digests.models import ExportedFile, Rendering, Site
from digests.text.page import RENDERER
from tests.exported import corrected, files, live_files, path_of, traces, withdrawn
from tests.factories import live_revision, published

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def export(*options: str) -> list[str]:
    out = StringIO()
    call_command("export_digests", *options, stdout=out)
    return out.getvalue().splitlines()


def refused(*options: str) -> tuple[list[str], str]:
    """What is written and what is said by a command that ends with 1."""
    out = StringIO()
    with pytest.raises(CommandError) as error:
        call_command("export_digests", *options, stdout=out)
    assert error.value.returncode == 1
    return out.getvalue().splitlines(), str(error.value)


def test_it_tells_what_it_wrote_and_removed(root: Path) -> None:
    digest = published()
    assert export() == [
        f"{digest.path}: written",
        "1 written, 0 removed, 0 unchanged, 0 in conflict, 0 failed.",
    ]
    withdrawn(digest)
    assert export() == [
        f"{digest.path}: removed",
        "0 written, 1 removed, 0 unchanged, 0 in conflict, 0 failed.",
    ]
    assert files(root) == {}


def test_a_conflict_is_listed_and_ends_with_1(root: Path) -> None:
    digest, other = published(), published()
    export()
    (root / path_of(digest)).write_text("by hand")
    corrected(other, "更正。")
    lines, summary = refused()
    assert lines == [
        f"{other.path}: written",
        f"{digest.path}: conflict, left as it is: Someone changed the file by hand."
        " Move it away, and the next sweep writes it again.",
    ]
    assert summary == "1 written, 0 removed, 0 unchanged, 1 in conflict, 0 failed."
    assert (root / path_of(digest)).read_text() == "by hand"


def test_a_check_lists_what_would_change_and_ends_with_1_if_anything_would(root: Path) -> None:
    digest, gone = published(), published()
    lines, _summary = refused("--check")
    assert sorted(lines) == sorted(f"{d.path}: would be written" for d in (digest, gone))
    assert not root.exists()
    export()
    assert export("--check") == [
        "0 would be written, 0 would be removed, 2 unchanged, 0 in conflict, 0 failed."
    ]
    corrected(digest, "更正。")
    withdrawn(gone)
    before = traces(root)
    lines, summary = refused("--check")
    assert lines == [f"{digest.path}: would be written", f"{gone.path}: would be removed"]
    assert summary.startswith("1 would be written, 1 would be removed,")
    assert traces(root) == before


def test_another_folder_is_filled_without_a_report(root: Path, tmp_path: Path) -> None:
    published()
    other = tmp_path / "deep" / "other"
    export("--to", str(other))
    assert files(other) == live_files()
    assert not root.exists()
    assert not ExportedFile.objects.exists()
    assert len(export("--to", str(other), "--check")) == 1


def test_the_latches_are_sentences_that_force_lifts(root: Path) -> None:
    digests = [published() for _ in range(12)]
    export()
    for digest in digests:
        withdrawn(digest)
    for options in ((), ("--check",)):
        lines, sentence = refused(*options)
        assert lines == []
        assert sentence == ("12 of 12 files would be removed. If that is right, use --force.")
    assert len(files(root)) == 12
    assert len(export("--force")) == 13
    Site.objects.update(uuid=uuid4())
    assert "another database" in refused()[1]
    export("--force")
    export()


def test_files_of_others_are_listed_and_are_no_failure(root: Path) -> None:
    root.mkdir()
    (root / "theirs.md").write_text("somebody's own text")
    for options in (("--check",), ()):
        assert export(*options)[0] == "theirs.md: not of this newsroom, left alone"


def test_force_does_not_touch_what_is_not_ours(root: Path) -> None:
    digest = published()
    root.mkdir()
    (root / path_of(digest)).write_text("somebody's own text")
    refused("--force")
    assert files(root) == {digest.path: b"somebody's own text"}


def test_rerender_makes_the_html_of_what_is_public_again(root: Path) -> None:
    digest = published()
    withdrawn(published())
    html = Rendering.objects.of(live_revision(digest)).html
    Rendering.objects.update(html={"damaged": True})
    Rendering.objects.create(revision=live_revision(digest), renderer=RENDERER + 1, html={})
    out = StringIO()
    call_command("rerender", stdout=out)
    assert out.getvalue() == "1 rendered.\n"
    rendering = Rendering.objects.get()
    assert (rendering.revision, rendering.html) == (digest.live_revision, html)
    assert rendering.renderer == RENDERER
