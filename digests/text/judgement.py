"""The check of a document: its normal form, the text of its file, and the findings on both."""

from functools import cached_property

from digests.text.finding import Finding
from digests.text.format.errors import document_errors
from digests.text.format.nodes import DigestDocument
from digests.text.format.normal import normal
from digests.text.format.roundtrip import check
from digests.text.format.writer import write
from digests.text.style.house import HouseStyle
from digests.text.style.lint import warnings


class Judgement:
    """The results of checking a document as editors wrote it; each is computed when first used."""

    def __init__(self, written: DigestDocument, style: HouseStyle | None = None) -> None:
        self.written = written
        self.style = style

    @cached_property
    def document(self) -> DigestDocument:
        """The normal form, as the file holds it."""
        return normal(self.written)

    @cached_property
    def text(self) -> str:
        """The exact text of the file; empty if something keeps the document out of it."""
        return "" if self._document_errors else write(self.document)

    @property
    def errors(self) -> list[Finding]:
        """The errors that keep the document from being published, in its order."""
        return self._document_errors or [each for each in self._differences if each.is_error]

    @cached_property
    def findings(self) -> list[Finding]:
        """All findings: the errors, in the document's order; then warnings about what other sites
        would show differently and about the house style. `item` counts over the whole digest."""
        return [*self._document_errors, *warnings(self.written, self.style), *self._differences]

    @cached_property
    def _document_errors(self) -> list[Finding]:
        return list(document_errors(self.document))

    @cached_property
    def _differences(self) -> list[Finding]:
        """The differences between the text of the file and the document."""
        return check(self.document, self.text) if self.text else []
