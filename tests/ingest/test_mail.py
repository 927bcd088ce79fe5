"""A mail is read as one story with its links."""

from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from digests.ingest.mail import Link, Mail, read_mail

SENT = "Mon, 30 Nov 2026 16:15:00 +0800"


def mail(html: str = "", plain: str = "", **headers: str) -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"] = "Example Lab <news@lab.example>"
    message["Subject"] = "The week in models"
    message["Date"] = SENT
    message["Message-ID"] = "<1@lab.example>"
    for name, value in headers.items():
        message.replace_header(name, value)
    message.set_content(plain or "plain")
    if html:
        message.add_alternative(html, subtype="html")
    return message.as_bytes()


def raw(headers: str, body: bytes = b"") -> bytes:
    return headers.replace("\n", "\r\n").encode() + b"\r\n" + body


NEWSLETTER = """
<html><head><style>p { color: red }</style><title>no</title></head><body>
<a href="https://lab.example/view?id=1">View in browser</a>
<h1>The week in models</h1>
<p>Two things: <a href="https://a.example/1?utm_source=mail">A  new
model</a>, and <a href="https://b.example/2"><b>a paper</b></a>.</p>
<p><a href="https://a.example/1"><img src="https://a.example/1.png" alt="A picture"></a>
<a href="https://c.example/3"><img src="x.png" alt="Only a picture"></a>
<a href="https://t.example/pixel"><img src="https://t.example/pixel.gif" width=1 height=1></a></p>
<p><a href="mailto:news@lab.example">Write to us</a> <a href="#top">Top</a>
<a href="javascript:alert(1)">Click</a> <a href="https://lab.example/u/1">Unsubscribe</a>
<a href="https://lab.example/unsubscribe/2">here</a> <a href="https://lab.example/p">退订</a></p>
<img src="https://t.example/open.gif" width="1" height="1"></body></html>
"""


def test_a_newsletter_is_its_text_and_its_links_in_order() -> None:
    read = read_mail(mail(NEWSLETTER))
    assert (read.key, read.subject) == ("<1@lab.example>", "The week in models")
    assert (read.author, read.address) == ("Example Lab", "news@lab.example")
    assert read.sent == datetime(2026, 11, 30, 8, 15, tzinfo=UTC)
    assert "The week in models\n\nTwo things: A new model, and a paper." in read.text
    assert "color" not in read.text
    assert read.links == (
        Link("A new model", "https://a.example/1?utm_source=mail"),
        Link("a paper", "https://b.example/2"),
        Link("Only a picture", "https://c.example/3"),
    )


def test_plain_text_is_read_where_there_is_no_html() -> None:
    plain = "First\n\nA new model: https://a.example/1.\n\nA paper\nhttps://b.example/2\n"
    read = read_mail(mail(plain=plain))
    assert read.text == plain.strip()
    assert read.links == (
        Link("A new model", "https://a.example/1"),
        Link("A paper", "https://b.example/2"),
    )


@pytest.mark.parametrize("charset", ["utf-8", "gb18030", "gbk", "big5"])
def test_a_chinese_mail_is_read(charset: str) -> None:
    text = "本週人工智慧" if charset == "big5" else "本周人工智能"
    message = EmailMessage(policy=SMTP)
    message["From"] = f"{text} <news@lab.example>"
    message["Subject"] = text
    message.set_content(f"<p>{text}</p>", subtype="html", charset=charset, cte="base64")
    read = read_mail(message.as_bytes())
    assert (read.subject, read.author, read.text) == (text, text, text)


def test_what_is_called_gb2312_and_is_more_is_read() -> None:
    # 镕 is in GBK alone.
    headers = (
        "Subject: =?GB2312?B?1uzpRrv5?=\nFrom: =?gb2312?B?1uzpRrv5?= <a@b.example>\n"
        "Content-Type: text/plain; charset=gb2312\nContent-Transfer-Encoding: 8bit\n"
    )
    read = read_mail(raw(headers, "朱镕基".encode("gb18030")))
    assert (read.subject, read.author, read.text) == ("朱镕基", "朱镕基", "朱镕基")


def test_a_japanese_mail_is_read() -> None:
    headers = "Content-Type: text/plain; charset=iso-2022-jp\n"
    assert read_mail(raw(headers, "人工知能の会社".encode("iso2022_jp"))).text == "人工知能の会社"


def test_attachments_are_no_text() -> None:
    message = EmailMessage(policy=SMTP)
    message.set_content("words")
    message.add_attachment("secret", filename="a.txt")
    message.add_attachment(b"\x00", maintype="application", subtype="pdf", filename="a.pdf")
    assert read_mail(message.as_bytes()).text == "words"


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\n\n",
        b"\x00\xff\xfe",
        raw("From: \nDate: yesterday\nSubject:\nMessage-ID: <\n"),
        raw("From: @@,<>;\nDate: Mon, 99 Foo 2026\n"),
        raw("Date: Mon, 30 Nov 99999 08:15:00 GMT\n"),
        raw(f"Date: Mon, 30 Nov {'9' * 30} 08:15:00 GMT\n"),
        raw("Content-Type: text/html; charset=no-such\n", b"<script>x</script>"),
        raw("Content-Type: multipart/mixed\n", b"no boundary"),
        raw("Content-Type: text/plain\nContent-Transfer-Encoding: base64\n", b"!"),
    ],
)
def test_a_broken_mail_is_read_as_far_as_it_goes(message: bytes) -> None:
    read = read_mail(message)
    assert (read.subject, read.sent, read.links) == ("", None, ())


def test_a_mail_that_is_empty_says_nothing() -> None:
    assert read_mail(b"\n") == Mail()


def test_no_control_character_and_no_new_header_comes_in() -> None:
    read = read_mail(raw("Subject: =?utf-8?B?YQ0KQmNjOiB4C2I=?=\n", b"a\x0bb\x00c\r\n"))
    assert read.subject == "a Bcc: x b"
    assert read.text == "abc"


def test_a_mail_without_a_name_is_signed_by_its_address() -> None:
    read = read_mail(mail(From="news@lab.example"))
    assert (read.author, read.address) == ("news@lab.example", "news@lab.example")
