"""Questions about what is public that more than one view asks."""

from collections.abc import Iterable
from typing import Literal

from django.conf import settings
from django.db.models import FETCH_PEERS, JSONField, OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.json import KT
from django.db.models.functions import JSONObject

from digests.models import Digest, Revision, Series


def newest(series: Series | None) -> QuerySet[Revision]:
    """Live revisions, newest first, of a series or of all; each with its digest and series.

    Without their documents, for most who ask have the answer already: the first document that is
    looked at fetches them all.
    """
    revisions = Revision.objects.live().select_related("live_digest__series")
    if series:
        revisions = revisions.filter(live_digest__series=series)
    return revisions.defer("document", "text").fetch_mode(FETCH_PEERS)


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


# A digest at its address, with what decides whether its page changed and nothing more. Made once:
# to make it anew for each request would cost more than to ask.
DIGESTS = (
    Digest.objects.select_related("series", "live_revision")
    .only(
        "slug",
        "withdrawal_note",
        *(f"series__{name}" for name in ("slug", "name", "language")),
        "live_revision__document_sha256",
    )
    .annotate(newer=_beside("gt"), older=_beside("lt"))
)


def state(revision: Revision) -> tuple[object, ...]:
    """Tells any two states of a live digest apart, in which a list or a feed shows it."""
    digest = revision.live_digest
    address = digest.get_absolute_url()
    return revision.pk, revision.document_sha256, address, digest.series.name, digest.published_at


def common_language(revisions: Iterable[Revision]) -> str:
    """The language they all have, or else the site's."""
    languages = {revision.language for revision in revisions}
    return languages.pop() if len(languages) == 1 else settings.LANGUAGE_CODE
