from django.urls import path

from digests.public.feeds import feed
from digests.public.views import digest_page, latest

app_name = "public"
urlpatterns = [
    path("", latest, name="home"),
    path("feed.atom", feed, name="feed"),
    path("<slug:series>/", latest, name="series"),
    path("<slug:series>/feed.atom", feed, name="series_feed"),
    path("<slug:series>/<slug:slug>/", digest_page, name="digest"),
]
