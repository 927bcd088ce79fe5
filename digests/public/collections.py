"""Pages across all digests: categories, sources, one story, and About."""

from django.http import Http404, HttpRequest, HttpResponse

from digests.models import Entry, Filing, Site
from digests.public.pages import digest_list
from digests.public.queries import newest, story_runs_or_404
from digests.public.responses import for_readers, for_readers_with, render_page
from digests.text.markdown.html import to_html


@for_readers
def categories(request: HttpRequest) -> HttpResponse:
    names = Filing.objects.live().names()
    return render_page("categories.html", Site.objects.language(), {"names": names})


@for_readers_with("before")
def category(request: HttpRequest, name: str) -> HttpResponse:
    if not Filing.objects.live().filter(name=name).exists():
        raise Http404
    return digest_list(
        "category.html", Site.objects.language(), request, newest(category=name), {"name": name}
    )


@for_readers
def sources(request: HttpRequest) -> HttpResponse:
    """The sources of published stories."""
    rows = Entry.objects.live().sources()
    return render_page("sources.html", Site.objects.language(), {"sources": rows})


@for_readers
def item(request: HttpRequest, pk: int) -> HttpResponse:
    """A story as it last ran, and the digests it ran in."""
    runs = story_runs_or_404(pk)
    if runs is None:
        gone = Entry.objects.telling(pk).were_published().values_list("language", flat=True).last()
        assert gone is not None  # noqa: S101 (it ran)
        return render_page("item_gone.html", gone, {}, status=410)
    # A repeat's own number leads here as well; this is the number to know the story by.
    story = {"pk": runs.last.story, "entry": runs.last, "body": runs.body, "runs": runs.entries}
    return render_page("item.html", runs.last.language, story)


@for_readers
def about(request: HttpRequest) -> HttpResponse:
    site = Site.objects.first() or Site()
    return render_page("about.html", site.language, {"text": to_html(site.about)})
