"""How static files are named: by what is in them, scripts that import others included."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # it ships no types
    support_js_module_import_aggregation = True
