"""Presets build the address of a feed of what an editor knows."""

import pytest

from digests.ingest.feeds.presets import PRESETS, Address, PresetError
from digests.text.urls import safe_url

CHANNEL = "UCXZCJLdBC09xxGZ6gcdrc6A"
VIDEOS = "https://www.youtube.com/feeds/videos.xml"


def url(preset: str, **given: str) -> str:
    address = PRESETS[preset].address(given)
    assert not address.is_page
    return address.url


@pytest.mark.parametrize(
    "channel",
    [
        CHANNEL,
        f" {CHANNEL} ",
        f"https://www.youtube.com/channel/{CHANNEL}",
        f"youtube.com/channel/{CHANNEL}/videos?view=0",
        f"https://m.youtube.com/channel/{CHANNEL}",
    ],
)
def test_a_channel_of_youtube_by_its_id(channel: str) -> None:
    assert url("youtube", channel=channel) == f"{VIDEOS}?channel_id={CHANNEL}"


def test_a_playlist_of_youtube() -> None:
    playlist = "PLabcdefghijklmnop"
    expected = f"{VIDEOS}?playlist_id={playlist}"
    assert url("youtube", channel=f"https://www.youtube.com/playlist?list={playlist}") == expected


@pytest.mark.parametrize(
    ("channel", "page"),
    [
        ("@OpenAI", "https://www.youtube.com/@OpenAI"),
        ("https://www.youtube.com/@OpenAI/videos", "https://www.youtube.com/@OpenAI"),
        ("youtube.com/c/OpenAI", "https://www.youtube.com/c/OpenAI"),
        (
            "https://www.youtube.com/@李永乐老师",
            "https://www.youtube.com/@%E6%9D%8E%E6%B0%B8%E4%B9%90%E8%80%81%E5%B8%88",
        ),
    ],
)
def test_only_the_page_of_a_handle_knows_its_channel(channel: str, page: str) -> None:
    assert PRESETS["youtube"].address({"channel": channel}) == Address(page, is_page=True)


@pytest.mark.parametrize(
    "repository",
    [
        "ggml-org/llama.cpp",
        "https://github.com/ggml-org/llama.cpp",
        "github.com/ggml-org/llama.cpp.git",
        "https://github.com/ggml-org/llama.cpp/releases/tag/b1",
    ],
)
def test_releases_on_github(repository: str) -> None:
    expected = "https://github.com/ggml-org/llama.cpp/releases.atom"
    assert url("github", repository=repository) == expected


@pytest.mark.parametrize(
    ("category", "name"),
    [
        ("cs.CL", "cs.CL"),
        ("cs.CL+cs.AI", "cs.CL+cs.AI"),
        ("https://arxiv.org/list/cs.CL/recent", "cs.CL"),
        ("astro-ph", "astro-ph"),
    ],
)
def test_a_category_of_arxiv(category: str, name: str) -> None:
    assert url("arxiv", category=category) == f"https://rss.arxiv.org/rss/{name}"


def test_hacker_news() -> None:
    assert url("hacker-news") == "https://hnrss.org/frontpage"
    assert url("hacker-news", list="newest", words="OpenAI OR 阿里", points="100") == (
        "https://hnrss.org/newest?q=OpenAI+OR+%E9%98%BF%E9%87%8C&points=100"
    )
    assert url("hacker-news", base="hn.example.org/") == "https://hn.example.org/frontpage"


@pytest.mark.parametrize(
    "subreddit",
    ["LocalLLaMA", "r/LocalLLaMA", "/r/LocalLLaMA/", "https://old.reddit.com/r/LocalLLaMA/top/"],
)
def test_a_subreddit(subreddit: str) -> None:
    assert url("reddit", subreddit=subreddit) == "https://www.reddit.com/r/LocalLLaMA/.rss"


@pytest.mark.parametrize(
    "route", ["/huggingface/daily-papers", "rsshub://huggingface/daily-papers"]
)
def test_a_route_of_rsshub(route: str) -> None:
    expected = "https://rsshub.example.org/huggingface/daily-papers"
    assert url("rsshub", base="https://rsshub.example.org/", route=route) == expected


def test_an_instance_of_rsshub_on_a_port_of_its_own() -> None:
    assert url("rsshub", base="rsshub:1200", route="a?limit=5") == "https://rsshub:1200/a?limit=5"
    assert url("rsshub", base="http://127.0.0.1:1200", route="/a") == "http://127.0.0.1:1200/a"


@pytest.mark.parametrize("account", ["@OpenAI", "OpenAI", "https://twitter.com/OpenAI?s=20"])
def test_an_account_on_x_through_a_mirror(account: str) -> None:
    expected = "https://nitter.example.org/OpenAI/rss"
    assert url("nitter", host="nitter.example.org", account=account) == expected


def test_kinds_that_are_pasted_by_hand() -> None:
    assert {name for name, preset in PRESETS.items() if preset.by_hand} == {"x", "wechat"}
    assert PRESETS["x"].address({"account": "@OpenAI"}).url == "https://x.com/OpenAI"
    assert PRESETS["wechat"].address({}) == Address("")


@pytest.mark.parametrize(
    ("preset", "given"),
    [
        ("youtube", {}),
        ("youtube", {"channel": "  "}),
        ("youtube", {"channel": "OpenAI"}),
        ("youtube", {"channel": "https://evil.example/channel/x"}),
        ("github", {"repository": "llama.cpp"}),
        ("github", {"repository": "https://evil.example/a/b"}),
        ("github", {"repository": "a/b?x=1"}),
        ("arxiv", {"category": "cs.CL?x"}),
        ("hacker-news", {"list": "../x"}),
        ("hacker-news", {"points": "many"}),
        ("hacker-news", {"base": "https://hnrss.org?x=1"}),
        ("hacker-news", {"base": "javascript:alert(1)"}),
        ("reddit", {"subreddit": "a b"}),
        ("rsshub", {"base": "rsshub.example.org", "route": "/a/../../b"}),
        ("rsshub", {"base": "rsshub.example.org", "route": "https://evil.example/"}),
        ("rsshub", {"base": "https://user:password@rsshub.example.org", "route": "/a"}),
        ("nitter", {"host": "nitter.example.org", "account": "not an account"}),
        ("x", {"account": "@waytoolonganame16"}),
    ],
)
def test_what_is_none_of_a_preset_is_refused_with_a_sentence(
    preset: str, given: dict[str, str]
) -> None:
    with pytest.raises(PresetError) as refused:
        PRESETS[preset].address(given)
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize("name", PRESETS)
def test_the_examples_of_a_preset_are_some_of_it(name: str) -> None:
    preset = PRESETS[name]
    built = preset.address({each.name: each.example for each in preset.fields}).url
    assert built == (safe_url(built) if built else "")
    assert built.startswith("https://") or not preset.fields
