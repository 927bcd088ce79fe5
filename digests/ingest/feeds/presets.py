"""Presets: kinds of sources whose address is built of what an editor knows of them.

A preset is one entry of `PRESETS`. Its `build` takes its fields by name, which are stripped, and
returns the address of the feed.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from digests.text.finding import N_
from digests.text.urls import safe_url


class PresetError(ValueError):
    """What was given is none of a preset; the message is for translation, with `params`."""

    def __init__(self, message: str, **params: object) -> None:
        super().__init__(message % params)
        self.message, self.params = message, params


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to fill in. A field with a default may be left empty."""

    name: str
    label: str
    example: str
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Address:
    """Where a preset leads: a feed, or a page that names its feed (see `discovery.py`)."""

    url: str
    is_page: bool = False


@dataclass(frozen=True, slots=True)
class Preset:
    """A kind of source. Sources of a kind `by_hand` are never fetched: their stories are pasted."""

    name: str
    label: str
    fields: tuple[Field, ...]
    build: Callable[..., Address] = field(repr=False)
    by_hand: bool = False

    def address(self, given: Mapping[str, str]) -> Address:
        """Build the address. Raises `PresetError` with the reason as a sentence."""
        values = {each.name: given.get(each.name, "").strip() for each in self.fields}
        for each in self.fields:
            if not values[each.name] and each.default is None:
                raise PresetError(N_("“%(field)s” is missing."), field=each.label)
        built = self.build(**{name: value for name, value in values.items() if value})
        try:
            return Address(safe_url(built.url) if built.url else "", built.is_page)
        except ValueError as error:
            raise PresetError(str(error)) from error


_CHANNEL = re.compile(r"UC[\w-]{22}", re.ASCII)
_PLAYLIST = re.compile(r"(?:PL|UU|OL)[\w-]{10,40}", re.ASCII)
_YOUTUBE = re.compile(r"^(?:https?://)?(?:(?:www|m)\.)?youtube\.com/", re.IGNORECASE)
_HANDLE = re.compile(r"(?:@[\w.·-]{1,60}|(?:c|user)/[\w.-]{1,100})")
_REPOSITORY = re.compile(
    r"(?:(?:https?://)?(?:www\.)?github\.com/)?([\w.-]{1,100}/[\w.-]{1,100}?)(?:\.git)?(?:/.*)?",
    re.ASCII | re.IGNORECASE,
)
_ARXIV = re.compile(
    r"(?:(?:https?://)?(?:www\.)?arxiv\.org/list/)?([a-z-]+(?:\.[a-z-]+)?(?:\+[a-z-]+(?:\.[a-z-]+)?)*)"
    r"(?:/.*)?",
    re.ASCII | re.IGNORECASE,
)
_HACKER_NEWS_LISTS = ("newest", "frontpage", "best", "show", "ask", "active")
_SUBREDDIT = re.compile(
    r"(?:(?:https?://)?(?:(?:www|old)\.)?reddit\.com)?/?(?:r/)?(\w{2,21})(?:/.*)?",
    re.ASCII | re.IGNORECASE,
)
_ACCOUNT = re.compile(
    r"(?:(?:https?://)?(?:(?:www|mobile)\.)?(?:x|twitter)\.com/|@)?(\w{1,15})(?:[/?].*)?",
    re.ASCII | re.IGNORECASE,
)
_HOST_ONLY = re.compile(r"[a-z0-9.-]+(?::[0-9]+)?", re.IGNORECASE)


def _youtube(channel: str) -> Address:
    path = _YOUTUBE.sub("", channel).partition("?")[0].strip("/")
    playlist = re.search(r"[?&]list=([\w-]+)", channel)
    name = playlist[1] if playlist else path.removeprefix("channel/").partition("/")[0]
    feed = "https://www.youtube.com/feeds/videos.xml"
    if _CHANNEL.fullmatch(name):
        return Address(f"{feed}?channel_id={name}")
    if _PLAYLIST.fullmatch(name):
        return Address(f"{feed}?playlist_id={name}")
    if handle := _HANDLE.match(path):
        # Only its page knows the id.
        return Address(f"https://www.youtube.com/{quote(handle[0], safe='@/')}", is_page=True)
    raise PresetError(N_("“%(given)s” is not a YouTube channel."), given=channel)


def _github(repository: str) -> Address:
    name = _matched(_REPOSITORY, repository, N_("“%(given)s” is not a GitHub repository."))
    return Address(f"https://github.com/{name}/releases.atom")


def _arxiv(category: str) -> Address:
    name = _matched(_ARXIV, category, N_("“%(given)s” is not an arXiv category."))
    return Address(f"https://rss.arxiv.org/rss/{name}")


def _hacker_news(
    list: str = "frontpage", words: str = "", points: str = "", base: str = "https://hnrss.org"
) -> Address:
    if list not in _HACKER_NEWS_LISTS:
        lists = ", ".join(_HACKER_NEWS_LISTS)
        raise PresetError(N_("The list must be one of: %(lists)s."), lists=lists)
    if points and not re.fullmatch("[0-9]{1,4}", points):
        raise PresetError(N_("“%(given)s” is not a number of points."), given=points)
    query = urlencode({name: value for name, value in (("q", words), ("points", points)) if value})
    return Address(f"{_base(base)}/{list}" + (f"?{query}" if query else ""))


def _reddit(subreddit: str) -> Address:
    name = _matched(_SUBREDDIT, subreddit, N_("“%(given)s” is not a subreddit."))
    return Address(f"https://www.reddit.com/r/{name}/.rss")


def _rsshub(base: str, route: str) -> Address:
    route = "/" + re.sub(r"^rsshub:/+", "", route).lstrip("/")
    if "://" in route or "/../" in f"{route}/":
        raise PresetError(N_("“%(given)s” is not an RSSHub route."), given=route)
    return Address(_base(base) + route)


def _nitter(host: str, account: str) -> Address:
    return Address(f"{_base(host)}/{_handle(account)}/rss")


def _x(account: str) -> Address:
    return Address(f"https://x.com/{_handle(account)}", is_page=True)


def _wechat() -> Address:
    return Address("")


def _handle(account: str) -> str:
    return _matched(_ACCOUNT, account, N_("“%(given)s” is not an X account."))


def _matched(pattern: re.Pattern[str], given: str, message: str) -> str:
    if found := pattern.fullmatch(given):
        return found[1]
    raise PresetError(message, given=given)


def _base(given: str) -> str:
    """The address of an instance, which may be given as its host."""
    if "?" in given or "#" in given:
        raise PresetError(N_("“%(given)s” is not a server address."), given=given)
    base = given.rstrip("/")
    return f"https://{base}" if _HOST_ONLY.fullmatch(base) else base


_ON_X = Field("account", N_("account"), "@OpenAI")

PRESETS = {
    preset.name: preset
    for preset in (
        Preset(
            "youtube",
            N_("YouTube channel"),
            (Field("channel", N_("channel"), "https://www.youtube.com/@OpenAI"),),
            _youtube,
        ),
        Preset(
            "github",
            N_("GitHub releases"),
            (Field("repository", N_("repository"), "ggml-org/llama.cpp"),),
            _github,
        ),
        Preset("arxiv", "arXiv", (Field("category", N_("category"), "cs.CL"),), _arxiv),
        Preset(
            "hacker-news",
            "Hacker News",
            (
                Field("list", N_("list"), "newest", default="frontpage"),
                Field("words", N_("search words"), "OpenAI OR Anthropic", default=""),
                Field("points", N_("minimum points"), "100", default=""),
                Field("base", N_("server"), "https://hnrss.org", default="https://hnrss.org"),
            ),
            _hacker_news,
        ),
        Preset("reddit", "Reddit", (Field("subreddit", "subreddit", "LocalLLaMA"),), _reddit),
        Preset(
            "rsshub",
            "RSSHub",
            (
                Field("base", N_("server"), "https://rsshub.example.org"),
                Field("route", N_("route"), "/huggingface/daily-papers"),
            ),
            _rsshub,
        ),
        Preset(
            "nitter",
            N_("X account via a mirror"),
            (Field("host", N_("server"), "nitter.example.org"), _ON_X),
            _nitter,
        ),
        Preset("x", N_("X account"), (_ON_X,), _x, by_hand=True),
        Preset("wechat", N_("WeChat account"), (), _wechat, by_hand=True),
    )
}
"""The presets by their names, in the order in which they are offered."""
