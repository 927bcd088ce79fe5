"""The settings of a benchmark's own Newsroom."""

# What the environment holds are somebody's; an empty value counts as none.
OWN_SETTINGS = dict.fromkeys(
    (
        *("ALLOWED_HOSTS", "API_RATE", "DATABASE_URL", "DEBUG", "EMAIL_URL", "EXPORT_ROOT", "HOST"),
        *("LANGUAGE_CODE", "REDIS_URL", "SECRET_KEY", "SITE_NAME", "SITE_URL", "TIME_ZONE"),
        "TRUSTED_PROXIES",
    ),
    "",
) | {"LOG_LEVEL": "WARNING"}
