"""What the documents say about the project is true, as far as a machine can tell."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

from digests.models.transitions import DIGEST_TRANSITIONS
from tests.embedded import ROOT

# What a command makes, and what a recipe has one make.
MADE = (
    "var/",
    "digests/desk/shelf.py",
    "templates/desk/shelf.html",
    "tests/desk/test_shelf.py",
)


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def documents() -> list[Path]:
    """What people read about the project: the pages of the top level, and those of docs/."""
    return sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


@pytest.mark.parametrize("page", documents(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_between_our_own_files_leads_somewhere(page: Path) -> None:
    links = own_links(page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def own_links(text: str) -> list[str]:
    """The relative addresses of a Markdown text's links and pictures, without their fragment."""
    prose = re.sub(r"^```.*?^```|`[^`\n]*`", "", text, flags=re.DOTALL | re.MULTILINE)
    inline = re.findall(r"\]\(\s*<?([^)>\s]+)", prose)
    defined = re.findall(r"^ {0,3}\[[^\]]+\]:\s*<?([^>\s]+)", prose, re.MULTILINE)
    html = re.findall(r'(?:src|srcset|href)="([^" ]+)', prose)
    links = [link.partition("#")[0] for link in inline + defined + html]
    return [link for link in links if link and not re.match(r"[a-z]+:", link)]


def test_links_and_pictures_are_found_in_every_spelling() -> None:
    text = (
        '[![a](b.png)](c.md#d) [e](https://example.org) [f](#g) <img src="h.png">\n\n'
        "[i]: <j.md>\n\n`[k](l)`\n\n```\n[m](n)\n```\n"
    )
    assert own_links(text) == ["b.png", "c.md", "j.md", "h.png"]


@pytest.mark.parametrize(
    "page", sorted(ROOT.glob("docs/decisions/0*.md")), ids=lambda page: page.stem
)
def test_a_decision_has_its_headings_and_its_line_in_both_lists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    number, _, title = text.partition("\n")[0].removeprefix("# ").partition(". ")
    assert page.name.startswith(f"{int(number):04}-")
    assert re.findall("^## (.+)", text, re.MULTILINE) == [
        *("Status", "Context", "Decision", "Consequences")
    ]
    index = (ROOT / "docs/decisions/README.md").read_text(encoding="utf-8")
    assert f"| [{number}]({page.name}) | {title} |\n" in index
    architecture = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    assert f"- [{title}](decisions/{page.name})\n" in architecture


def test_every_picture_is_shown_by_a_document() -> None:
    shown = {
        (page.parent / link).resolve()
        for page in documents()
        for link in own_links(page.read_text(encoding="utf-8"))
        if link.endswith(".png")
    }
    assert shown == set(ROOT.glob("docs/**/*.png"))


def test_contributing_names_files_that_are_there() -> None:
    text = read("CONTRIBUTING.md")
    rooms = "|".join(re.escape(path.name) for path in ROOT.iterdir() if path.is_dir())
    named = set(re.findall(rf"(?<![\w/.])(?:{rooms})/[\w./-]+|[\w-]+\.(?:md|toml|txt)\b", text))
    assert len(named) > 30
    missing = {name for name in named if not (ROOT / name).exists()}
    assert {name for name in missing if not name.startswith(MADE)} == set()


def test_contributing_names_commands_that_are_there() -> None:
    targets = set(re.findall(r"^([\w-]+):", read("Makefile"), re.MULTILINE))
    named = set(re.findall(r"^make ([\w-]+)|`make ([\w-]+)", read("CONTRIBUTING.md"), re.MULTILINE))
    assert len(named) > 8
    assert {first or second for first, second in named} <= targets
    commands = set(re.findall(r"manage\.py (\w+)", read("CONTRIBUTING.md")))
    assert len(commands) > 3
    assert commands <= get_commands().keys()


def test_the_diagram_of_states_shows_every_step_of_a_digest() -> None:
    arrows = r"^ +(\w+) --> (\w+): ([a-z ]+?)(?: \(.*\))?$"
    shown = re.findall(arrows, read("docs/architecture.md"), re.MULTILINE)
    assert {(source, verb.replace(" ", "_"), target) for source, target, verb in shown} == {
        (source, verb, step.target)
        for verb, step in DIGEST_TRANSITIONS.items()
        for source in step.sources
    }


def test_the_changelog_is_by_version_with_the_usual_headings() -> None:
    headings = re.findall("^##+ (.+)", read("CHANGELOG.md"), re.MULTILINE)
    versions = [heading for heading in headings if heading not in ("Added", "Changed", "Fixed")]
    assert versions[-1] == "0.1.0 (2026-11-30)"
    assert all(re.fullmatch(r"Unreleased|[0-9.]+ \([0-9-]{10}\)", version) for version in versions)
