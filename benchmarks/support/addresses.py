"""Addresses of the views that benchmarks add to the site."""

BARE = "/bare"
BARE_PAGE = "/bare-page"
NEW_EDITION = "/new-edition"
OUTCOME = "/outcome"
IMPORT_SAMPLES = "/import-samples"
# Parameters follow.
FILL = "/fill?"
COUNT = "/count?"
# Numbers follow.
PREPARE = "/prepare/"
APPROVE = "/approve/"
SCHEDULE = "/schedule/"
AT_ONCE = "/at-once/"
PLAN = "/plan/"
WEEK = "/week/"
CANDIDATES = "/candidates/"
LONG_DIGEST = "/long-digest/"
