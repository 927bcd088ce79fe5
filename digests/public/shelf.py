"""Questions about what is public that more than one view asks."""

from collections.abc import Iterable
from typing import Literal

from django.conf import settings
from django.db.models import JSONField, OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.json import KT
from django.db.models.functions import JSONObject

from digests.models import Revision, Series


def newest(series: Series | None) -> QuerySet[Revision]:
    """Live revisions, newest first, of a series or of all; each with its digest and series."""
    revisions = Revision.objects.live().select_related("live_digest__series").defer("text")
    return revisions.filter(live_digest__series=series) if series else revisions


def _beside(sign: Literal["gt", "lt"]) -> Subquery:
    """Slug and title of the live digest next to a digest in its series, or None."""
    date = OuterRef("live_revision__dated")
    tie = Q(dated=date) & Q((f"pk__{sign}", OuterRef("live_revision")))
    others = Revision.objects.live().filter(
        Q((f"dated__{sign}", date)) | tie, live_digest__series=OuterRef("series")
    )
    nearest = others.reverse() if sign == "gt" else others
    address = JSONObject(slug="live_digest__slug", title=KT("document__title"))
    return Subquery(nearest.values(address=address)[:1], output_field=JSONField())


NEWER, OLDER = _beside("gt"), _beside("lt")


def common_language(revisions: Iterable[Revision]) -> str:
    """The language they all have, or else the site's."""
    languages = {revision.language for revision in revisions}
    return languages.pop() if len(languages) == 1 else settings.LANGUAGE_CODE
