"""`manage.py import_digests`: imports an archive of Markdown files as digests."""

import gc
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from copy import copy
from pathlib import Path
from typing import Any

import click
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser
from django.db import IntegrityError, InterfaceError, OperationalError, transaction

from digests.editorial.importing import Imported, import_digest
from digests.editorial.transactions import in_transaction
from digests.management.base import NewsroomCommand
from digests.models import Digest, Refusal, Series
from digests.models.fields import Language
from digests.text.format import FormatError, parse
from digests.text.format.parser import MAX_FILE

# No character takes more in UTF-8.
MAX_BYTES = 4 * MAX_FILE
SUFFIXES = (".md", ".markdown")
ABOUT_FOLDERS = ("readme", "_index")


class Command(NewsroomCommand):
    help = (
        "Imports digests from Markdown files, each in a transaction of its own. Files that are"
        " here already change nothing. Ends with 1 where a file was refused."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "paths",
            nargs="+",
            type=Path,
            metavar="PATH",
            help="a file, or a folder of .md and .markdown files",
        )
        parser.add_argument(
            "--series", required=True, metavar="ADDRESS", help="made when there is none"
        )
        parser.add_argument("--time-zone", metavar="ZONE", help="of a series that is to be made")
        parser.add_argument(
            "--language",
            choices=Language.values,
            help="of a series that is to be made; LANGUAGE_CODE unless given",
        )
        parser.add_argument(
            "--draft", action="store_true", help="make drafts, to be approved by somebody"
        )
        parser.add_argument(
            "--bylines",
            choices=["guess", "known"],
            default="guess",
            help="known: split only bylines of known sources off the labels; else also at the last"
            " hyphen",
        )
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="tell what would happen and keep nothing; on SQLite editors wait meanwhile",
        )

    def handle(self, *args: Any, paths: list[Path], dry_run: bool, **options: Any) -> None:
        files = [found for path in paths for found in markdown_files(path)]
        if not files:
            raise CommandError("There is no .md or .markdown file in it.")
        series = series_of(options["series"], options["time_zone"], options["language"])
        guesses = options["bylines"] == "guess"
        archive = Archive(series, draft=options["draft"], guesses=guesses)
        terminal = sys.stderr.isatty()
        bar = click.progressbar(files, file=sys.stderr) if terminal else nullcontext(files)
        lines: list[str] = []
        # Parsing makes so much garbage that Python would look for it again and again, each time
        # among all that the start has made: a tenth of the whole work.
        gc.freeze()
        try:
            with transaction.atomic() if dry_run else nullcontext(), bar as steps:
                for file, name in steps:
                    lines.append(f"{file}: {archive.take(file, name)}")
                    # On a terminal the lines follow the progress bar, which they would break up.
                    if not terminal:
                        self.stdout.write(lines.pop())
                        self.stdout.flush()
                if dry_run:
                    transaction.set_rollback(True)
        except (OperationalError, InterfaceError) as error:
            raise CommandError(
                f"The database failed ({' '.join(str(error).split())}). Until then:"
                f" {archive.summary()} Import the same files again: what is here stays as it is."
            ) from error
        finally:
            gc.unfreeze()
        for line in lines:
            self.stdout.write(line)
        if archive.guessed:
            self.stdout.write(
                f"Bylines of no known source, split off at a hyphen ({len(archive.guessed)}):"
                f" {', '.join(archive.guessed)}"
            )
        summary = archive.summary() + (" Nothing of it was kept: a dry run." if dry_run else "")
        if archive.count["refused"]:
            raise CommandError(summary)
        self.stdout.write(summary)


class Archive:
    """Imports files one by one into a series and counts the outcomes."""

    def __init__(self, series: Series, *, draft: bool, guesses: bool) -> None:
        self.series = series
        self.draft = draft
        self.guesses = guesses
        self.count = Counter[str]()
        self.guessed: dict[str, None] = {}

    def take(self, file: Path, name: str) -> str:
        """Import a file in one transaction, with the first also the series; returns the outcome."""
        if file.stem.lower() in ABOUT_FOLDERS:
            self.count["skipped"] += 1
            return "skipped: a file of this name is about its folder, and no digest."
        try:
            series, imported = self._import(read(file), name)
        except (Unreadable, Refusal) as error:
            self.count["refused"] += 1
            return f"refused: {error}"
        except IntegrityError as error:
            self.count["refused"] += 1
            return f"refused: The database does not take it: {' '.join(str(error).split())}"
        self.series = series
        self.guessed |= dict.fromkeys(imported.guessed)
        self.count[imported.outcome] += 1
        if imported.outcome == "unchanged":
            return imported.outcome
        outcome = f"imported{aside(imported.digest, name)}"
        if imported.rewritten is None:
            return outcome
        self.count["rewritten"] += 1
        return f"{outcome}, rewritten: line {imported.rewritten}"

    def _import(self, text: str, name: str) -> tuple[Series, Imported]:
        if self.series.pk:
            return self.series, self._import_into(self.series, text, name)
        return self._import_first(text, name)

    @in_transaction
    def _import_first(self, text: str, name: str) -> tuple[Series, Imported]:
        series = made(self.series, text)
        return series, self._import_into(series, text, name)

    def _import_into(self, series: Series, text: str, name: str) -> Imported:
        return import_digest(
            text, series, by=None, name=name, draft=self.draft, guesses=self.guesses
        )

    def summary(self) -> str:
        count = self.count
        skipped = f"; {count['skipped']} skipped" if count["skipped"] else ""
        return (
            f"{count['imported']} imported, {count['rewritten']} of them rewritten;"
            f" {count['unchanged']} unchanged; {count['refused']} refused{skipped}."
        )


def aside(digest: Digest, name: str) -> str:
    """A remark for the outcome if the digest is not public yet or its file is not `name`."""
    if digest.status == Digest.Status.DRAFT:
        return " as a draft"
    if digest.status == Digest.Status.APPROVED:
        return ", waits for its date"
    if digest.status == Digest.Status.PUBLISHED and digest.path != name:
        return f" as {digest.path}"
    return ""


class Unreadable(Exception):
    """The file cannot be read as text; `str()` is the reason."""


def markdown_files(path: Path) -> Iterator[tuple[Path, str]]:
    """The Markdown files at `path`, sorted, each with its name relative to the folder.

    Names in the export folder are relative to that: a digest taken in from there keeps its file.
    """
    folder = path if path.is_dir() else path.parent
    export, real = Path(settings.EXPORT_ROOT).resolve(), folder.resolve()
    above = real.relative_to(export) if real.is_relative_to(export) else Path()
    if path.is_dir():
        found = sorted(
            ((above / file.relative_to(path)).as_posix(), file)
            for file in path.rglob("*")
            if file.suffix in SUFFIXES and file.is_file()
        )
        for name, file in found:
            # Hidden folders such as .git are private.
            if not any(part.startswith(".") for part in name.split("/")):
                yield file, name
    elif path.is_file():
        yield path, (above / path.name).as_posix()
    else:
        raise CommandError(f"There is no file or folder {path}.")


def read(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            data = opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise Unreadable(f"{error.strerror}.") from error
    if len(data) > MAX_BYTES:
        raise Unreadable(f"It is longer than {MAX_BYTES} bytes.")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Unreadable(f"line {line}: This is not UTF-8.") from error


def series_of(slug: str, time_zone: str | None, language: str | None) -> Series:
    """The series with that slug, or a new one that is not saved yet."""
    series = Series.objects.filter(slug=slug).first()
    if series is None:
        if time_zone is None:
            raise CommandError(f"There is no series “{slug}”: its --time-zone must be given.")
        series = Series(
            slug=slug,
            name=slug,
            time_zone=time_zone,
            language=language or settings.LANGUAGE_CODE,
        )
        try:
            series.full_clean()
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        return series
    for option, given, held in (
        ("--time-zone", time_zone, series.time_zone),
        ("--language", language, series.language),
    ):
        if given not in (None, held):
            raise CommandError(f"{option} is {given}, but the series “{slug}” has {held}.")
    return series


def made(series: Series, text: str) -> Series:
    """Save the series, with the extra keys of the archive's first file.

    Another command may make it at the same moment; IntegrityError if with another zone or language.
    """
    made = copy(series)
    with suppress(FormatError):  # import_digest reports it
        made.extra = dict(parse(text).extra)
    return Series.objects.get_or_create(
        slug=made.slug,
        time_zone=made.time_zone,
        language=made.language,
        defaults={"name": made.name, "extra": made.extra},
    )[0]
