"""The act of Today on an export folder that is newer than the database."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from digests.desk.access import actor
from digests.desk.attempts import attempt
from digests.desk.navigation import today_page
from digests.editorial import exporting


@require_POST
def overwrite_newer_folder(request: HttpRequest) -> HttpResponse:
    """Let the next sweep make the folder like the database, as the page showed it."""
    mark = request.POST.get("mark", "")
    if attempt(request, lambda: exporting.overwrite_newer_folder(mark, by=actor(request))):
        messages.success(
            request, gettext("The next sweep will make the export folder match the database.")
        )
    return today_page()
