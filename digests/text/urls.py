"""Web addresses: the form the exported file holds, and the identity of what they point to."""

import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from html import escape, unescape
from ipaddress import IPv6Address, ip_address
from urllib.parse import quote, unquote, urljoin, urlsplit

import idna

MAX_KEY = 500
"""The longest key in characters."""

_START = re.compile(r"([a-z][a-z0-9+.-]*):(?://([^/?#]*))?", re.IGNORECASE)
_AUTHORITY = re.compile(r"(\[[^\]]*\]|[^:]*)(?::([0-9]{0,5}))?")
_HOST = re.compile(r"(?!.{254})[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_SAFE = "!#$%&*+,-./:;=?@_~"  # in addition to letters and digits

# A URL without a scheme in HTML that `to_html` or a template wrote: such HTML has double quotes
# around every attribute, and no tag in the text.
_RELATIVE = re.compile(
    r'(<(?:a|img)(?: [a-z-]+="[^"]*")*? (?:href|src)=")(?![a-z][a-z0-9+.-]*:)([^"]*)', re.IGNORECASE
)

_DEFAULT_PORTS = {"http": "80", "https": "443"}
_TRACKING = re.compile(
    "(?:utm|mtm|hsa|share)_.*|spm|scm|chksm|(?:fb|g|d|y|tt|tw)clid|msclkid|gbraid|wbraid|mc_[ce]id"
    "|igshid|igsh|si|vd_source"
)
_SITE = re.compile(
    r"(?:https?://)?(?:www\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}/?", re.IGNORECASE
)
_SUBDOMAIN = re.compile(r"(?:www|m|mobile)\.(?=[^.]+\.)")
_X_STATUS = re.compile(
    r"https?://(?:(?:www|m|mobile|d)\.)?(?:twitter|x|fxtwitter|vxtwitter|fixupx|fixvx)\.com(?::\d+)?"
    r"/(?:#!/)?(?:(i)/web|([a-z0-9_]{1,20}))/status(?:es)?/([0-9]{1,19})(?![0-9a-z_])",
    re.IGNORECASE,
)

# The time at which X began to put the time into the ids of its posts, and the first such id.
_X_EPOCH = datetime(2010, 11, 4, 1, 42, 54, 657_000, tzinfo=UTC)
_X_FIRST_SNOWFLAKE = 29_700_859_247


def safe_url(url: str) -> str:
    """Write an absolute http(s) address so that Markdown and every site generator keep it.

    Scheme and host become lower-case ASCII, unsafe characters are percent-encoded, valid `%XX` stay
    as they are and nothing is dropped; a safe address comes back unchanged. Raises `ValueError`
    with the reason as a sentence.
    """
    scheme, host, port, rest = _split(url)
    return f"{scheme}://{host}{port}{rest}"


def canonical_url(url: str) -> tuple[str, str]:
    """Return the address without tracking parameters, and the key of what it points to.

    Two addresses with one key point to the same thing. The canonical address can be opened; the key
    (at most `MAX_KEY` characters) is only for comparison. Raises `ValueError` as `safe_url` does.
    """
    scheme, host, port, rest = _split(url)
    if port in (":", f":{_DEFAULT_PORTS[scheme]}"):
        port = ""
    rest = _ESCAPE.sub(lambda escape: escape[0].upper(), rest)
    rest, _, fragment = rest.partition("#")
    path, _, query = rest.partition("?")
    query = "&".join(pair for pair in query.split("&") if pair and not _tracks(pair))
    tail = (f"?{query}" if query else "") + (f"#{fragment}" if fragment[:1] in ("/", "!") else "")
    host = host.removesuffix(".")
    canonical = f"{scheme}://{host}{port}{path}{tail}"
    if status := x_status(canonical):
        handle, number = status
        return f"https://x.com/{handle}/status/{number}", f"x:{number}"
    key = f"{_SUBDOMAIN.sub('', host, count=1)}{port}/{path.removeprefix('/').rstrip('/')}{tail}"
    return canonical, _bounded(key)


def is_public(address: str) -> bool:
    """Whether a link means the same on every site: absolute, and not this machine."""
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return False
    if parts.scheme == "mailto":
        return True
    if not parts.scheme or not host or host == "localhost" or host.endswith(".localhost"):
        return False
    try:
        ip = ip_address(host)
    except ValueError:
        return True
    return not (ip.is_loopback or ip.is_unspecified)


def x_status(url: str) -> tuple[str, int] | None:
    """Return the handle and the status id of a post on X, or None ("i": author unknown)."""
    match = _X_STATUS.match(url)
    return (match[1] or match[2], int(match[3])) if match else None


def x_posted_at(status_id: int) -> datetime | None:
    """Return when a post on X was written, or None for an id too old (2010) to hold a time."""
    if status_id < _X_FIRST_SNOWFLAKE:
        return None
    return _X_EPOCH + timedelta(milliseconds=status_id >> 22)


def _split(url: str) -> tuple[str, str, str, str]:
    """Return scheme, host, port (with its colon) and the rest, each in its safe form."""
    if _CONTROL.search(url):
        raise ValueError("The address contains a control character.")
    start = _START.match(url.strip(" "))
    if start is None or start[1].lower() not in _DEFAULT_PORTS:
        raise ValueError("The address must begin with http:// or https://.")
    if not start[2]:
        raise ValueError("The address has no host.")
    if "@" in start[2]:
        raise ValueError("The address contains a username or a password.")
    authority = _AUTHORITY.fullmatch(start[2])
    if authority is None or int(authority[2] or 1) not in range(1, 65536):
        raise ValueError("The host or the port of the address is not valid.")
    host, port = authority.groups()
    rest = quote(_LONE_PERCENT.sub("%25", start.string[start.end() :]), safe=_SAFE)
    return start[1].lower(), _host(host), "" if port is None else f":{port}", rest


def _host(host: str) -> str:
    try:
        if host.startswith("[") and "%" not in host:
            return f"[{IPv6Address(host[1:-1]).compressed}]"
        # ASCII names skip IDNA, which refuses hosts that exist, such as foo_bar.example.org.
        name = host.lower() if host.isascii() else idna.encode(host, uts46=True).decode()
    except ValueError:  # IDNAError is a ValueError
        name = ""
    if not _HOST.fullmatch(name):
        raise ValueError("The host of the address is not a valid name.")
    return name


def _tracks(pair: str) -> bool:
    name, _, value = pair.partition("=")
    name = unquote(name).lower()
    # Elsewhere `ref` names a branch or a chapter.
    return bool(_TRACKING.fullmatch(name) or (name == "ref" and _SITE.fullmatch(unquote(value))))


def _bounded(key: str) -> str:
    if len(key) <= MAX_KEY:
        return key
    digest = sha256(key.encode()).hexdigest()
    return key[: MAX_KEY - len(digest)] + digest


def absolute_links(html: str, base: str) -> str:
    """Make the links in the HTML of the page at `base` absolute, for use at another URL or none."""

    def absolute(link: re.Match[str]) -> str:
        try:
            return link[1] + escape(urljoin(base, unescape(link[2])))
        except ValueError:
            return link[0]

    return _RELATIVE.sub(absolute, html)
