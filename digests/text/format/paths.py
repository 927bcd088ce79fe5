"""Names of exported files: the patterns a series may have and the paths the folder may hold."""

import re
from datetime import UTC, datetime
from string import Formatter

from digests.text.finding import N_

DEFAULT_PATTERN = "{date:%Y-%m-%d-%H%M}.md"

_PART = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,98}[a-z0-9])?")
_WINDOWS_DEVICE = re.compile(r"con|prn|aux|nul|com[0-9]|lpt[0-9]")
# The form of what stands after the colon of each field. A width would make a path of any length,
# and braces within braces would reach into the values.
_SPECS = {"date": re.compile(r"(?:%-?[A-Za-z]|[^%{}]){1,40}"), "series": re.compile("")}


class PathError(ValueError):
    """Why a path or a pattern is not valid. `message` is an English template with named places, so
    that a caller can translate it."""

    def __init__(self, message: str, **params: str | int) -> None:
        super().__init__(message % params)
        self.message = message
        self.params = params


def check_path(path: str) -> None:
    """Raise PathError, with the reason, unless `path` may stand in the export folder.

    Source: the file contract, point 3. Every part is `[a-z0-9-]`, the last ends in `.md`.
    """
    if not path.endswith(".md"):
        raise PathError(N_("“%(path)s” does not end in .md."), path=path)
    if len(path) > 240:
        raise PathError(N_("“%(path)s…” is longer than 240 characters."), path=path[:40])
    for part in path.removesuffix(".md").split("/"):
        if not _PART.fullmatch(part):
            raise PathError(
                N_(
                    "“%(part)s” in “%(path)s” may hold only a–z, 0–9 and inner hyphens,"
                    " 100 at most."
                ),
                part=part,
                path=path,
            )
        if part == "index":
            raise PathError(
                N_("“%(path)s”: site generators give the name “index” another meaning."), path=path
            )
        if _WINDOWS_DEVICE.fullmatch(part):
            raise PathError(
                N_("“%(part)s” in “%(path)s” is the name of a device on Windows."),
                part=part,
                path=path,
            )


def file_path(pattern: str, date: datetime, series: str) -> str:
    """The path for a digest of `series` at the local `date`; PathError if it is not valid."""
    path = pattern.format(date=date, series=series)
    check_path(path)
    return path


def digest_slug(date: datetime) -> str:
    """The last part of a digest's address, unless another of its series has it already."""
    return f"{date:%Y-%m-%d-%H%M}"


def is_shared(pattern: str, series: str) -> bool:
    """Whether a valid pattern gives one path to digests of different days."""
    days = (datetime(2026, 1, day, tzinfo=UTC) for day in (2, 3))
    return len({file_path(pattern, day, series) for day in days}) == 1


def check_pattern(pattern: str, series: str = "series") -> None:
    """Raise PathError, with the reason, unless the pattern makes valid paths for the series."""
    try:
        fields = [
            (name, spec or "", conversion)
            for _text, name, spec, conversion in Formatter().parse(pattern)
            if name is not None
        ]
        names = {name for name, _spec, _conversion in fields}
        if unknown := names - _SPECS.keys():
            raise PathError(
                N_("“{%(name)s}” is not known: use {date:…} and {series}."), name=min(unknown)
            )
        if "date" not in names:
            raise PathError(N_("The pattern needs a {date:…}."))
        for name, spec, conversion in fields:
            if conversion or not _SPECS[name].fullmatch(spec):
                raise PathError(
                    N_("Use {series} as it is, and {date:…} with codes such as %(codes)s."),
                    codes="%Y-%m-%d",
                )
        file_path(pattern, datetime(2026, 1, 2, 3, 4, tzinfo=UTC), series)
    except PathError:
        raise
    except (IndexError, KeyError, ValueError):
        raise PathError(
            N_("“%(pattern)s” is not a pattern: check its braces."), pattern=pattern
        ) from None


def numbered(path: str, number: int) -> str:
    """The path with a number, `a/b-2.md` for `a/b.md`, for when another digest has the first."""
    return f"{path.removesuffix('.md')}-{number}.md"
