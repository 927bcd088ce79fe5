"""The APIs of the project: the public's, and the desk's own."""

from django.contrib.admin.views.decorators import staff_member_required
from django.views.decorators.http import require_safe
from ninja import NinjaAPI

from digests.api import desk as the_desk
from digests.api.digests import router as digests

api = NinjaAPI(
    title="Newsroom",
    version="1",
    description=(
        "Public digests, as the site shows them. Every error is a JSON object with a `detail`:"
        " a sentence or, in a 422, the list of what is wrong with the parameters."
    ),
    urls_namespace="api",
    docs_decorator=require_safe,
)
api.add_router("/digests", digests)

desk = NinjaAPI(
    title="Newsroom desk",
    version="1",
    description=(
        "What the desk's screens ask for, with the session and the CSRF token of who is signed in."
        " It follows the screens and may change with them. Every error is a JSON object with a"
        " `detail`; a refusal's is the sentence to show."
    ),
    urls_namespace="desk",
    auth=the_desk.StaffSession(),
    docs_decorator=staff_member_required,
)
the_desk.mount(desk)
