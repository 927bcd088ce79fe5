"""The two APIs of the project: the public API and the desk's own."""

from django.contrib.admin.views.decorators import staff_member_required
from django.views.decorators.http import conditional_page, require_safe
from ninja import NinjaAPI

from digests.desk import api as the_desk
from digests.public.api import categories, digests, entries, index, search, series, sources
from digests.public.caching import View, public_response


def documentation(view: View) -> View:
    """Decorates the views of the API's documentation as cacheable: they are the same for everybody
    and change only with a release."""
    answer: View = require_safe(public_response(conditional_page(view)))
    return answer


api = NinjaAPI(
    title="Newsroom",
    version="1",
    description=(
        "What the site shows, for programs: published digests and nothing else.\n\n"
        "Every error is a JSON object with a `detail`: a sentence or, in a 422, the list of what is"
        " wrong with the parameters. Lists are read in pages: follow `next` until it is null."
        " Every good answer has an `ETag`; sent back as `If-None-Match` it gets a 304 as long as"
        " nothing changed. Requests over the limit get a 429 with `Retry-After`. Scripts on any"
        " site may read the API."
    ),
    urls_namespace="api",
    docs_decorator=documentation,
)
api.add_router("", index.router)
api.add_router("/series", series.router)
api.add_router("/digests", digests.router)
api.add_router("/entries", entries.router)
api.add_router("/categories", categories.router)
api.add_router("/sources", sources.router)
api.add_router("/search", search.router)

desk = NinjaAPI(
    title="Newsroom desk",
    version="1",
    description=(
        "What the desk's screens ask for, with the session and the CSRF token of the signed-in"
        " user. It follows the screens and may change with them. Every error is a JSON object with"
        " a `detail`; a refusal's is the sentence to show."
    ),
    urls_namespace="desk",
    auth=the_desk.StaffSession(),
    docs_decorator=staff_member_required,
)
the_desk.mount(desk)
