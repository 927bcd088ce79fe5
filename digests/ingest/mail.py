"""Reading a mail as one story: its text, and the links that stand in it."""

import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser

import nh3

from digests.ingest.addresses import ADDRESS, address_of
from digests.ingest.feeds.charset import decode
from digests.ingest.feeds.dates import in_utc
from digests.ingest.feeds.parsed import MAX_AUTHOR, MAX_KEY, MAX_TEXT, MAX_TITLE, link_of
from digests.ingest.feeds.plain import one_line, text_of, tidy
from digests.text.urls import canonical_url

MAX_LINKS = 200

# Programs that write 镕 call its charset GB2312, which lacks it.
_LABEL = re.compile(rb"=\?(?:gb2312|gbk|x-gbk)\?", re.IGNORECASE)
# What the parser of headers raises at those that are broken.
_BROKEN = (AttributeError, LookupError, OverflowError, TypeError, ValueError)
# Links by which a reader manages the mail itself.
_HOUSEKEEPING = re.compile(
    r"unsubscribe|opt[ -]?out|manage (?:your )?(?:subscription|preferences)|email preferences"
    r"|(?:view|read|open) (?:this )?(?:e-?mail |newsletter |message )?(?:in|on|online)"
    r"(?: (?:your|a|the))?(?: (?:browser|web))?$|privacy policy|forward to a friend"
    r"|退订|取消订阅|管理订阅|订阅设置|在浏览器中(?:查看|打开)|隐私政策",
    re.IGNORECASE,
)
_LEAVING = re.compile(r"unsubscribe|opt-?out|list-manage\.com/(?:profile|about)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a mail with the words that it stands under."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail. `key` is its Message-ID; empty if it has none."""

    key: str = ""
    subject: str = ""
    author: str = ""
    address: str = ""
    sent: datetime | None = None
    text: str = ""
    links: tuple[Link, ...] = ()


def read_mail(message: bytes) -> Mail:
    """Read a mail as a server keeps it. What is broken in it counts as missing."""
    mail = message_from_bytes(_LABEL.sub(b"=?gb18030?", message), policy=policy.default)
    author, address = _sender(mail)
    html, plain = _part(mail, "html"), _part(mail, "plain")
    links = _links_of_html(html) if html else _links_of_lines(plain)
    return Mail(
        key=_header(mail, "message-id")[:MAX_KEY],
        subject=_header(mail, "subject")[:MAX_TITLE],
        author=author[:MAX_AUTHOR],
        address=address[:MAX_AUTHOR],
        sent=_sent(mail),
        text=(text_of(html) or tidy(plain))[:MAX_TEXT],
        links=_to_stories(links),
    )


def _header(mail: EmailMessage, name: str) -> str:
    try:
        return one_line(str(mail[name] or ""))
    except _BROKEN:
        return ""


def _sender(mail: EmailMessage) -> tuple[str, str]:
    try:
        sender = mail["from"].addresses[0]
    except _BROKEN:
        return "", ""
    address = one_line(sender.addr_spec)
    return one_line(sender.display_name) or address, address


def _sent(mail: EmailMessage) -> datetime | None:
    try:
        sent = mail["date"].datetime
    except _BROKEN:
        return None
    return in_utc(sent) if sent else None


def _part(mail: EmailMessage, kind: str) -> str:
    """The text of the body of a kind. Decoded by us: mail, too, is labelled wrongly."""
    part = mail.get_body(preferencelist=(kind,))
    payload = part.get_payload(decode=True) if part else None
    if part is None or not isinstance(payload, bytes):
        return ""
    return decode(payload, f"charset={part.get_content_charset() or ''}")


def _links_of_html(html: str) -> list[tuple[str, str]]:
    clean = nh3.clean(
        html,
        tags={"a", "img"},
        clean_content_tags={"script", "style", "head", "title"},
        attributes={"a": {"href"}, "img": {"alt"}},
        link_rel=None,
    )
    reader = _LinkReader()
    reader.feed(clean)
    reader.close()
    return reader.links


def _links_of_lines(plain: str) -> list[tuple[str, str]]:
    """The links of plain text: each under the words of its line, or else of the line before."""
    links = []
    words = ""
    for line in plain.splitlines():
        rest = ADDRESS.sub("", line).strip("-–—|·:：<>()[] \t")
        links += [(rest or words, address_of(found)) for found in ADDRESS.findall(line)]
        words = rest or words
    return links


def _to_stories(links: list[tuple[str, str]]) -> tuple[Link, ...]:
    """Links that may lead to stories, each once, under the first words that it has."""
    stories: dict[str, Link] = {}
    for words, address in links:
        label, url = one_line(words)[:MAX_TITLE], link_of(address)
        # Without words, such as a picture that counts its readers, a link says nothing.
        if url and label and not (_HOUSEKEEPING.search(label) or _LEAVING.search(url)):
            stories.setdefault(canonical_url(url)[1], Link(label, url))
    return tuple(stories.values())[:MAX_LINKS]


class _LinkReader(HTMLParser):
    """The links of HTML that nh3 has written, as pairs of words and address."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[tuple[str, str]] = []
        self.address = ""
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "a":
            self.address, self.words = attributes.get("href") or "", []
        else:
            self.words.append(f" {attributes.get('alt') or ''} ")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self.address:
            self.links.append(("".join(self.words), self.address))
            self.address = ""

    def handle_data(self, data: str) -> None:
        self.words.append(data)
