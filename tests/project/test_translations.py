"""Everything that people read is translated into Chinese, with the same placeholders."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils import translation

from digests.text.characters import HAN
from tests.embedded import ROOT
from tests.translatable import in_python, in_template, messages

FOLDER = ROOT / "digests/locale/zh_Hans/LC_MESSAGES"
_PLACES = re.compile(r"%\(\w+\)[0-9]*[a-zA-Z]|%[a-z%]|\{[^}]*\}")
# What looks the same in Chinese.
SAME = {"HTML", "Newsroom", ":", ", ", "%(label)s: %(sentence)s"}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    with (FOLDER / "django.po").open("rb") as file:
        return read_po(file, abort_invalid=True)


def translated(catalog: Catalog, message: tuple[str, str, str]) -> str:
    context, singular, plural = message
    found = catalog.get((singular, plural) if plural else singular, context or None)
    if found is None or found.fuzzy:
        return ""
    strings = [found.string] if isinstance(found.string, str) else found.string or [""]
    return strings[0]


def test_every_string_of_ours_is_translated(catalog: Catalog) -> None:
    missing = {
        message: place for message, place in messages().items() if not translated(catalog, message)
    }
    assert not missing, "\n".join(f"{place}: {message}" for message, place in missing.items())


def test_translations_have_the_same_places_to_fill(catalog: Catalog) -> None:
    for message in messages():
        context, singular, plural = message
        if context == "date format":
            continue
        expected = sorted(_PLACES.findall(plural or singular))
        assert sorted(_PLACES.findall(translated(catalog, message))) == expected, singular


def test_translations_are_chinese(catalog: Catalog) -> None:
    latin = [
        message[1]
        for message in messages()
        if not re.search(f"[{HAN}]", translated(catalog, message))
    ]
    assert set(latin) == SAME


# Places that are filled with Chinese, from their first character or to their last.
BEGIN_CHINESE = "noun|revision|status|verb"
END_CHINESE = "noun|status|verb"


def test_no_space_stands_between_chinese_and_what_is_filled_in_as_chinese(
    catalog: Catalog,
) -> None:
    spaced = re.compile(rf"[{HAN}] %\((?:{BEGIN_CHINESE})\)s|%\((?:{END_CHINESE})\)s [{HAN}]")
    assert spaced.search("与 %(revision)s 相比") and not spaced.search("与%(revision)s 相比")
    texts = [translated(catalog, message) for message in messages()]
    assert [text for text in texts if spaced.search(text)] == []


def test_nothing_is_translated_that_nobody_says(catalog: Catalog) -> None:
    said = {(context, singular) for context, singular, _plural in messages()}
    known = {
        (entry.context or "", entry.id[0] if isinstance(entry.id, tuple) else entry.id)
        for entry in catalog
        if entry.id
    }
    assert known - said == set()


def test_the_compiled_file_is_the_readable_one(catalog: Catalog) -> None:
    compiled = BytesIO()
    write_mo(compiled, catalog)
    assert (FOLDER / "django.mo").read_bytes() == compiled.getvalue(), "run `make messages`"


def test_the_settings_find_the_translations() -> None:
    assert Path(settings.LOCALE_PATHS[0]) == ROOT / "digests/locale"
    with translation.override("zh-hans"):
        assert translation.gettext("digest") == "简报"
    with translation.override("en"):
        assert translation.gettext("digest") == "digest"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ('{% translate "A" %}', ("", "A", "")),
        ('{% translate "Old" context "age" %}', ("age", "Old", "")),
        ("{% blocktranslate %}A {{ b }}{% endblocktranslate %}", ("", "A %(b)s", "")),
        (
            "{% blocktranslate count n=x %}{{ n }} a{% plural %}{{ n }} b{% endblocktranslate %}",
            ("", "%(n)s a", "%(n)s b"),
        ),
        ('{{ _("A") }}', ("", "A", "")),
    ],
)
def test_strings_of_templates_are_found(source: str, message: tuple[str, str, str]) -> None:
    assert list(in_template(source)) == [message]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ('_("A" "b")', ("", "Ab", "")),
        ('gettext_lazy("A")', ("", "A", "")),
        ('translation.ngettext("A", "B", 2)', ("", "A", "B")),
        ('pgettext("x", "A")', ("x", "A", "")),
    ],
)
def test_strings_of_python_are_found(source: str, message: tuple[str, str, str]) -> None:
    assert list(in_python(source)) == [message]
    assert list(in_python("_(name)")) == []
