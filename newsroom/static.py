"""Storage that names static files by their content, including scripts that import others."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # it ships no types
    support_js_module_import_aggregation = True
