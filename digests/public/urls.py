from django.urls import URLPattern, path, register_converter
from django.urls.converters import IntConverter, StringConverter

import digests.converters  # noqa: F401 (it registers “number”)
from digests.public import archive, collections, corrections, pages, redirects, sitemap, status
from digests.public.caching import View
from digests.public.feed_formats import FORMATS
from digests.public.feeds import category_feed, feeds_page, series_feed, site_feed
from digests.public.search import search_page


class Year(IntConverter):
    regex = "[0-9]{4}"

    def to_url(self, value: int | str) -> str:
        return f"{value:0>4}"


class TwoDigits(IntConverter):
    regex = "[0-9]{2}"

    def to_url(self, value: int | str) -> str:
        return f"{value:0>2}"


class Name(StringConverter):
    # Even a slash, which no category has, must not cost readers the pages that name it. A NUL is
    # in no text of a database, and PostgreSQL refuses to look for one.
    regex = r"[^\0]+"


register_converter(Year, "year")
register_converter(TwoDigits, "two")
register_converter(Name, "name")


def feeds(folder: str, view: View, *, name: str) -> list[URLPattern]:
    """The addresses of a page's feed in every format; `name` is the route name of the Atom feed."""
    return [
        path(f"{folder}feed.{form}", view, {"form": form}, name=name if form == "atom" else None)
        for form in FORMATS
    ]


app_name = "public"
# What stands before the addresses of series cannot be the slug of one, see
# `digests.models.series.validate_slug_is_free`.
urlpatterns = [
    path("", pages.home, name="home"),
    *feeds("", site_feed, name="feed"),
    path("status.json", status.of_site, name="status"),
    path("sitemap.xml", sitemap.index, name="sitemap"),
    path("sitemap-pages.xml", sitemap.pages, name="sitemap_of_pages"),
    path("sitemap-digests-<number:span>.xml", sitemap.digests, name="sitemap_of_digests"),
    path("robots.txt", sitemap.robots, name="robots"),
    path("archive/", archive.archive, name="archive"),
    path("<year:year>/", archive.year, name="year"),
    path("<year:year>/<two:month>/", archive.month, name="month"),
    path("<year:year>/<two:month>/<two:day>/", archive.day, name="day"),
    path("categories/", collections.categories, name="categories"),
    path("categories/<name:name>/", collections.category, name="category"),
    *feeds("categories/<name:name>/", category_feed, name="category_feed"),
    path("sources/", collections.sources, name="sources"),
    path("corrections/", corrections.corrections, name="corrections"),
    path("feeds/", feeds_page, name="feeds"),
    path("about/", collections.about, name="about"),
    path("search/", search_page, name="search"),
    path("i/<number:pk>/", collections.item, name="item"),
    path("favicon.ico", redirects.icon),
    *(path(address, redirects.feed, {"form": form}) for address, form in redirects.FEEDS.items()),
    path("<slug:series>/", pages.series_page, name="series"),
    *feeds("<slug:series>/", series_feed, name="series_feed"),
    path("<slug:series>/status.json", status.of_series, name="status_of_series"),
    path("<slug:series>/<slug:slug>.md", pages.markdown, name="markdown"),
    path("<slug:series>/<slug:slug>/", pages.digest_page, name="digest"),
]
