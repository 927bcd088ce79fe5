"""Full-text search over what is live, behind one interface for both databases.

    query = Query("大模型 GPT-5", series=series.pk, since=date(2026, 1, 1))
    hits = search(query)                 # one query: a page of hits, their count, the next page
    results = load_results(hits, query)  # one more: the texts with the matches highlighted

`index` and `remove` maintain the index, in the transaction that changes what is live; `rebuild`
makes it again, by `renew`, `remove_others` and `live_digests`.
"""

from digests.search.index import (
    index,
    live_digests,
    rebuild,
    rebuild_if_stale,
    remove,
    remove_others,
    renew,
)
from digests.search.query import (
    COUNT_MAX,
    LIMIT_MAX,
    RANKED_MAX,
    Hit,
    Hits,
    Order,
    Query,
)
from digests.search.results import Result, load_results
from digests.search.search import search
from digests.text.index.highlight import Marked
from digests.text.index.tokens import MAX_QUERY

__all__ = [
    "COUNT_MAX",
    "LIMIT_MAX",
    "MAX_QUERY",
    "RANKED_MAX",
    "Hit",
    "Hits",
    "Marked",
    "Order",
    "Query",
    "Result",
    "index",
    "live_digests",
    "load_results",
    "rebuild",
    "rebuild_if_stale",
    "remove",
    "remove_others",
    "renew",
    "search",
]
