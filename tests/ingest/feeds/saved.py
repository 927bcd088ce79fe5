"""Pages of our own making, in the form that sites have."""

from pathlib import Path

PAGES = Path(__file__).parent / "pages"


def page(name: str) -> bytes:
    return (PAGES / f"{name}.html").read_bytes()
