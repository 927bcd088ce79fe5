"""A digest as a Markdown file, both ways.

`dump` writes the one text of a document, `parse` reads it back, `normal` gives the form of a
document that survives a round trip: `dump(normal(d)) == dump(d)` and
`dump(parse(dump(d))) == dump(d)`. `parse(dump(d), bylines of d) == normal(d)`, except for how a
label is split into headline and byline: an item without byline may be split at a hyphen, and where
several bylines end a label the longest is taken. The label itself always stays.
"""

from digests.text.format.nodes import ENTRY_FIELDS, DigestDocument, Entry, FormatError, Section
from digests.text.format.normal import normal, normal_entry, normal_section
from digests.text.format.parser import ParsedFile, first_difference, parse, parse_file
from digests.text.format.writer import dump

__all__ = [
    "ENTRY_FIELDS",
    "DigestDocument",
    "Entry",
    "FormatError",
    "ParsedFile",
    "Section",
    "dump",
    "first_difference",
    "normal",
    "normal_entry",
    "normal_section",
    "parse",
    "parse_file",
]
