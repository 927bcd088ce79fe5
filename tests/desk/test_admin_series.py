"""The form of a series: its example, the slug made from its name, and the zones it offers."""

import re

import pytest
from django.test import Client
from pytest_django import Settings

from digests.accounts.roles import ADMINISTRATOR, EDITOR
from digests.models import Series
from digests.text.format.paths import PathError, check_pattern
from tests.factories import person, series
from tests.screens import change, errors, signed_in

pytestmark = pytest.mark.django_db
ADD = "/admin/digests/series/add/"
EXAMPLE = "/admin/digests/series/example/"


@pytest.fixture
def client() -> Client:
    return signed_in(person(ADMINISTRATOR, username="ada"))


def sent(**fields: str) -> dict[str, str]:
    return {
        "name": "全球 AI 速览",
        "slug": "",
        "language": "zh-hans",
        "time_zone": "Asia/Shanghai",
        "path_pattern": "{date:%Y-%m-%d-%H%M}.md",
        "extra": "{}",
    } | fields


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("The Tech Week", "the-tech-week"),
        ("全球 AI 速览", "ai"),
        ("科技周报", "digest"),
        ("2026", "2026-digest"),
        ("Search", "search-digest"),
        ("snake_case", "snake-case"),
        ("", "digest"),
    ],
)
def test_a_slug_is_made_from_the_name(name: str, slug: str) -> None:
    assert Series.objects.free_slug(name) == slug


def test_a_slug_left_empty_is_made_when_the_series_is_saved(client: Client) -> None:
    for name in ("AI 早报", "AI 晚报"):
        assert not errors(client.post(ADD, sent(name=name)).text)
    client.post(ADD, sent(name="News", slug="my-own"))
    assert [row.slug for row in Series.objects.order_by("pk")] == ["ai", "ai-2", "my-own"]


def test_a_slug_that_another_series_has_is_refused(client: Client) -> None:
    series("ai")
    assert errors(client.post(ADD, sent(slug="ai")).text)


def test_an_example_follows_what_is_typed(client: Client, settings: Settings) -> None:
    settings.SITE_URL = "https://news.example.org"
    page = client.get(EXAMPLE, sent(path_pattern="{series}/{date:%Y/%m-%d}.md")).text
    assert re.search(r"全球 AI 速览 · \d{4}年\d+月\d+日", page)
    assert re.search(r"https://news\.example\.org/ai/\d{4}-\d\d-\d\d-\d\d00/", page)
    assert re.search(r"ai/\d{4}/\d\d-\d\d\.md", page)
    assert 'data-slug="ai"' in page
    assert 'class="remark"' not in page


def test_a_pattern_that_gives_many_digests_one_file_name_is_remarked_on(client: Client) -> None:
    for shared in ("{date:%Y}/{series}.md", "{date:%H%M}.md"):
        page = client.get(EXAMPLE, sent(path_pattern=shared)).text
        assert "Digests of different days get the same file name" in page
        assert "-2.md" in page
    # It is a remark: somebody may want just that.
    assert not errors(client.post(ADD, sent(path_pattern="{date:%Y}/{series}.md")).text)


def test_an_example_says_why_a_pattern_makes_no_file(client: Client) -> None:
    page = client.get(EXAMPLE, sent(path_pattern="news.md")).text
    assert "The pattern needs a {date:…}." in page
    speaker = signed_in(person(ADMINISTRATOR, language="zh-hans"))
    assert "文件名须含 {date:…}。" in speaker.get(EXAMPLE, sent(path_pattern="news.md")).text
    refused = speaker.post(ADD, sent(path_pattern="{date:%d}.txt")).text
    assert "“02.txt”没有以 .md 结尾。" in errors(refused)


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"time_zone": "Mars/Olympus", "language": "../x"},
        *({"path_pattern": pattern} for pattern in ("{date:%", "{date:%}.md", "{date!x:%Y}.md")),
        *({"path_pattern": pattern} for pattern in ("{date:{series.foo}}.md", "{date:{}}.md")),
        *({"path_pattern": pattern} for pattern in ("{date:{series[a]}}.md", "{series.foo}.md")),
    ],
)
def test_an_example_holds_whatever_is_typed(client: Client, typed: dict[str, str]) -> None:
    assert client.get(EXAMPLE, typed).status_code == 200


@pytest.mark.parametrize(
    "pattern",
    [
        "{date:{series:>100000}}.md",
        "{date:%Y}{series:>100000}.md",
        "{date:%100000Y}.md",
        "{date!r:>100000}.md",
        "{date!s}.md",
        "{date}.md",
        f"{{date:{'%Y' * 50}}}.md",
    ],
)
def test_a_pattern_holds_nothing_but_the_slug_and_codes_of_the_date(pattern: str) -> None:
    with pytest.raises(PathError, match="^Use {series} as it is, and {date:…} with codes such as"):
        check_pattern(pattern)


def test_codes_may_leave_out_the_zero_before_a_number(client: Client) -> None:
    page = client.get(EXAMPLE, sent(path_pattern="{series}/{date:%Y/%-m-%-d}.md")).text
    assert re.search(r"ai/\d{4}/[1-9]\d?-[1-9]\d?\.md", page)


def test_examples_are_for_those_who_may_have_a_series() -> None:
    assert signed_in(person(EDITOR)).get(EXAMPLE).status_code == 403


def test_saving_tells_those_without_scripts_what_the_series_makes(client: Client) -> None:
    page = client.post(ADD, sent(), follow=True).text
    assert re.search(r"“全球 AI 速览” saved\. .*/ai/\d{4}-\d\d-\d\d-\d\d00/ .*\.md", page)
    assert 'data-slug="ai"' in client.get(change(Series.objects.get())).text


def zones_in(page: str) -> list[str]:
    found = re.search(r'<select name="time_zone".*?</select>', page, re.DOTALL)
    assert found
    return re.findall(r'<option value="([^"]*)"', found[0])


def test_a_new_series_has_the_zone_and_language_of_the_site(
    client: Client, settings: Settings
) -> None:
    settings.TIME_ZONE = "Asia/Shanghai"
    page = client.get(ADD).text
    assert '<option value="Asia/Shanghai" selected>' in page
    assert '<option value="en" selected>' in page


def test_zones_are_those_of_cities(client: Client) -> None:
    zones = zones_in(client.get(ADD).text)
    assert zones[0] == ""
    assert {"Asia/Shanghai", "Europe/London", "America/Argentina/Buenos_Aires"} <= set(zones)
    assert not {"Factory", "Etc/GMT+5", "US/Eastern", "localtime", "Asia/Calcutta"} & set(zones)


def test_zones_that_are_often_used_come_first_in_the_readers_language(
    client: Client, settings: Settings
) -> None:
    settings.TIME_ZONE = "Europe/Madrid"
    page = client.get(ADD, headers={"Accept-Language": "zh-hans"}).text
    found = re.search(r'<optgroup label="常用">(.*?)</optgroup>', page, re.DOTALL)
    assert found
    zones = zones_in(f'<select name="time_zone">{found[1]}</select>')
    assert zones[0] == "Europe/Madrid"  # the site's
    assert {"Asia/Shanghai", "UTC"} <= set(zones)
    assert len(zones) == len(set(zones)) < 12
    assert '<option value="Asia/Shanghai">上海</option>' in found[1]
    assert '<optgroup label="欧洲">' in page
    assert page.count('<option value="Europe/Madrid" selected>') == 1


def test_an_empty_choice_says_what_it_means(client: Client, settings: Settings) -> None:
    settings.TIME_ZONE = "Asia/Shanghai"
    for address, meanings in {
        "/admin/settings/": [
            "The site’s time zone: Asia/Shanghai",
            "The browser’s language",
        ],
        "/admin/digests/user/add/": ["The browser’s language"],
        "/admin/digests/source/add/": ["Choose a kind", "Choose a language"],
        "/admin/digests/series/add/": ["Choose a time zone", "Choose a language"],
        "/search/": ["All series", "All categories", "All sources"],
    }.items():
        page = client.get(address).text
        assert [
            f'<option value="" selected>{said}</option>' for said in meanings if said not in page
        ] == []
        assert not re.search(r"<option[^>]*>[^<\w]*(Select an option[^<]*)?</option>", page)


def test_a_zone_that_is_not_offered_stays_where_it_is_stored(client: Client) -> None:
    row = series(time_zone="US/Eastern")
    assert '<option value="US/Eastern" selected>' in client.get(change(row)).text
