"""Writing a document as the text of its file."""

from digests.text.format import escapes
from digests.text.format.errors import document_errors
from digests.text.format.front_matter import write_front_matter
from digests.text.format.nodes import DigestDocument, Entry, FormatError
from digests.text.format.normal import normal
from digests.text.markdown.emphasis import portable


def dump(document: DigestDocument) -> str:
    """Return the exact text of the document's file; the same document always gives the same text.

    Raises `FormatError` with the first error of the document's normal form.
    """
    document = normal(document)
    for finding in document_errors(document):
        raise FormatError(finding.message, line=finding.line, item=finding.item, **finding.params)
    return write(document)


def write(document: DigestDocument) -> str:
    """Return the text of a normal document that has no errors."""
    parts = [write_front_matter(document)]
    if document.intro:
        parts.append(portable(document.intro))
    for section in document.sections:
        if section.heading:
            parts.append(f"## {escapes.heading(section.heading)}")
        if section.intro:
            parts.append(portable(section.intro))
        parts += [_item(number, entry) for number, entry in enumerate(section.entries, start=1)]
    if document.outro:
        parts += ["---", portable(document.outro)]
    return "\n\n".join(parts)


def entry_label(entry: Entry) -> str:
    """Return the label of an entry: headline and byline, joined plainly, not to be split again."""
    return f"{entry.headline}-{entry.byline}" if entry.byline else entry.headline


def _item(number: int, entry: Entry) -> str:
    text = entry_label(entry)
    if entry.url:
        line = f"[{escapes.label(text)}]({escapes.destination(entry.url)})"
    else:
        line = escapes.plain(text)
    marker = f"{number}.".ljust(4)
    return f"{marker}{line}\n\n{_indented(entry.body)}" if entry.body else f"{marker}{line}"


def _indented(body: str) -> str:
    return "\n".join(f"    {line}" if line else "" for line in portable(body).split("\n"))
