from django.urls import path, register_converter
from django.urls.converters import IntConverter

from digests.public import archive, collections, pages
from digests.public.feeds import feed
from digests.public.searching import search_page


class Year(IntConverter):
    regex = "[1-9][0-9]{3}"


class TwoDigits(IntConverter):
    regex = "[0-9]{2}"

    def to_url(self, value: int | str) -> str:
        return f"{value:0>2}"


register_converter(Year, "year")
register_converter(TwoDigits, "two")

app_name = "public"
# What stands before the addresses of series cannot be the slug of one, see
# `digests.models.series.validate_slug_is_free`.
urlpatterns = [
    path("", pages.home, name="home"),
    path("feed.atom", feed, name="feed"),
    path("archive/", archive.archive, name="archive"),
    path("<year:year>/", archive.year, name="year"),
    path("<year:year>/<two:month>/", archive.month, name="month"),
    path("<year:year>/<two:month>/<two:day>/", archive.day, name="day"),
    path("categories/", collections.categories, name="categories"),
    path("categories/<str:name>/", collections.category, name="category"),
    path("sources/", collections.sources, name="sources"),
    path("corrections/", collections.corrections, name="corrections"),
    path("about/", collections.about, name="about"),
    path("search/", search_page, name="search"),
    path("i/<int:pk>/", collections.item, name="item"),
    path("<slug:series>/", pages.series_page, name="series"),
    path("<slug:series>/feed.atom", feed, name="series_feed"),
    path("<slug:series>/<slug:slug>.md", pages.markdown, name="markdown"),
    path("<slug:series>/<slug:slug>/", pages.digest_page, name="digest"),
]
