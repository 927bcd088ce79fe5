"""Full-text search over what is public."""

from django.http import HttpRequest
from django.utils.html import escape
from ninja import Query as QueryParams
from ninja import Router

from digests.models import Series
from digests.public.api import schemas
from digests.public.api.digests import reference
from digests.public.api.params import SearchParams
from digests.public.api.responses import PARAM_ERRORS, address, cached_without, next_address
from digests.search import Marked, Query, Result, load_results, search

router = Router(tags=["search"])


@router.get(
    "/",
    response={200: schemas.HitPage} | PARAM_ERRORS,
    operation_id="search",
    summary="Search",
)
@cached_without(SearchParams)
def search_entries(request: HttpRequest, params: QueryParams[SearchParams]) -> schemas.HitPage:
    """Matching entries, and digests whose title, intro, headings or outro match."""
    series = _number_of(params.series)
    query = Query(
        params.q,
        series=series,
        category=params.category,
        source=params.source,
        since=params.date_from,
        until=params.date_to,
        order=params.order,
        after=params.cursor,
        limit=params.limit,
    )
    hits = search(query)
    return schemas.HitPage(
        count=hits.count,
        capped=hits.is_capped,
        hits=[_hit(hit) for hit in load_results(hits, query)],
        next=next_address(request, params, hits.next),
    )


def _number_of(series: str | None) -> int | None:
    """The number of the series with this slug. Costs a query if a slug is given."""
    if series is None:
        return None
    # No row has the number 0.
    return Series.objects.filter(slug=series).values_list("pk", flat=True).first() or 0


def _hit(hit: Result) -> schemas.Hit:
    return schemas.Hit(
        item=hit.item,
        url=address(hit.get_absolute_url()),
        language=hit.language,
        headline=_marked(hit.headline),
        byline=_marked(hit.byline),
        link=hit.link,
        snippet=_marked(hit.snippet),
        digest=schemas.DigestReference(**reference(hit.digest, hit.title, hit.date)),
    )


def _marked(text: Marked) -> schemas.Marked:
    pieces = (
        f"<mark>{escape(piece)}</mark>" if is_hit else escape(piece) for piece, is_hit in text
    )
    return schemas.Marked(text="".join(piece for piece, _ in text), html="".join(pieces))
