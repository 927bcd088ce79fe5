"""Addresses of the views that benchmarks add to the site."""

BARE = "/bare"
BARE_PAGE = "/bare-page"
NEW_EDITION = "/new-edition"
OUTCOME = "/outcome"
# Numbers follow.
PREPARE = "/prepare/"
APPROVE = "/approve/"
CANDIDATES = "/candidates/"
LONG_DIGEST = "/long-digest/"
