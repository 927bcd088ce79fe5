"""The text of a body whose charset may be declared wrongly or not at all."""

import codecs
import re

from charset_normalizer import from_bytes

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# How a document begins that is in UTF-16 and has no mark: "<", or a bracket of JSON.
_WIDE = (
    (re.compile(rb"[<{\[]\x00[^\x00]\x00"), "utf-16-le"),
    (re.compile(rb"\x00[<{\[]\x00[^\x00]"), "utf-16-be"),
)
# Labels mean what browsers take them for: pages use the characters of the larger sets.
_LARGER = {
    "ascii": "cp1252",
    "big5": "big5hkscs",
    "euc_kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "shift_jis": "cp932",
}
# What a label may name. Python also has codecs that are none of text, that run escapes of its own
# or, as EBCDIC does, read anything. UTF-16 is seen, never believed.
_READABLE = re.compile(
    r"utf-8|gb18030|big5hkscs|cp(?:125\d|874|932|949|950|866)|euc_(?:jp|kr)|iso8859-\d+"
    r"|iso2022_(?:jp|kr)|johab|koi8-[ru]|mac-(?:roman|cyrillic)|shift_jisx0213|hz"
)
_HTTP_LABEL = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_DECLARED = re.compile(
    rb"<\?xml[^>]{0,100}?\sencoding\s*=\s*[\"']([\w.:-]+)"
    rb"|<meta[^>]{0,200}?\scharset\s*=\s*[\"']?([\w.:-]+)"
    rb"|<meta[^>]{0,200}?;\s*charset\s*=\s*([\w.:-]+)",
    re.IGNORECASE,
)
# What is in use where nothing is declared. With Central European charsets among them, short French
# texts would be taken for Polish.
_GUESSED = [
    *("gb18030", "big5hkscs", "cp932", "euc_jp", "cp949"),
    *("cp1252", "cp1251", "koi8_r", "cp1253"),
]
_DECLARED_WITHIN = 4096
_SAMPLE = 64 * 1024
_NON_ASCII = re.compile(rb"[\x80-\xff]")
_UNREADABLE = "\ufffd"
# Controls but for tab and line ends, halves of surrogate pairs, and noncharacters.
_DROPPED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def decode(body: bytes, content_type: str = "") -> str:
    """Return the text of a body, without control characters.

    What the bytes show beats what is declared: a mark of their order, then UTF-8. Only then are
    HTTP and the document itself believed, where their charset can read the body. The rest is
    guessed.
    """
    for mark, charset in _BOMS:
        if body.startswith(mark):
            return without_controls(body[len(mark) :].decode(charset, "replace"))
    for beginning, charset in _WIDE:
        if beginning.match(body):
            return without_controls(body.decode(charset, "replace"))
    labels = [*_HTTP_LABEL.findall(content_type), *_declared(body)]
    # Only a charset of escapes, such as that of Japanese mail, looks like ASCII and is not.
    labels.insert(len(labels) if b"\x1b" in body else 0, "utf-8")
    for charset in filter(None, map(_charset_of, labels)):
        text = body.decode(charset, "replace")
        if _is_read(text):
            return without_controls(text)
    return without_controls(body.decode(_guess(body), "replace"))


def without_controls(text: str) -> str:
    """Return text without what neither XML nor PostgreSQL can hold."""
    return _DROPPED.sub("", text)


def _charset_of(label: str) -> str:
    """Python's name of the charset that a label means; "" if it is not to be believed."""
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        return ""
    name = _LARGER.get(name, name)
    return name if _READABLE.fullmatch(name) else ""


def _declared(body: bytes) -> list[str]:
    found = _DECLARED.search(body[:_DECLARED_WITHIN])
    return [(found[1] or found[2] or found[3]).decode("ascii")] if found else []


def _is_read(text: str) -> bool:
    """Whether the charset was the right one. One character in ten may be broken: a cut in the
    middle of one must not turn the whole into something else."""
    unreadable = text.count(_UNREADABLE)
    if not unreadable:
        return True
    readable = sum(map(len, re.findall(r"[^\x00-\x7f\ufffd]+", text)))
    return unreadable * 10 <= readable


def _guess(body: bytes) -> str:
    """The charset that a sample of the body looks like."""
    first = _NON_ASCII.search(body)
    begin = max(body.rfind(b"<", 0, first.start()), 0) if first else 0
    # "<" is never the second byte of a character, so that none is cut.
    end = body.rfind(b"<", begin + 1, begin + _SAMPLE) if len(body) > begin + _SAMPLE else -1
    best = from_bytes(body[begin : end if end > 0 else None], cp_isolation=_GUESSED).best()
    return (_charset_of(best.encoding) if best else "") or "cp1252"
