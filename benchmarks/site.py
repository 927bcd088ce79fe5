"""How quickly readers get their pages from `manage.py up`, and whether a large archive slows it.

`pages`: those of the samples, beside a bare view and nginx. `sizes`: the same addresses in archives
of three sizes. `search`: kinds of query among 20,000 long digests. The last two on SQLite and on
PostgreSQL. Parts that are named on the command line are measured alone.

What is compared is asked in turn, so that a busy machine is unfair to none.
"""

import json
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.support import pages, searches, sizes
from benchmarks.support.command import parser

type Part = Callable[[Path], dict[str, float]]

FULL: dict[str, Part] = {
    "pages": partial(pages.measure, scale=pages.FULL),
    "sizes": partial(sizes.measure, scale=sizes.FULL),
    "search": partial(searches.measure, scale=searches.FULL),
}
SMOKE: dict[str, Part] = {
    "pages": partial(pages.measure, scale=pages.SMOKE),
    "sizes": partial(sizes.measure, scale=sizes.SMOKE),
    "search": partial(searches.measure, scale=searches.SMOKE),
}


def main() -> None:
    options = parser(__doc__)
    options.add_argument("parts", nargs="*", choices=FULL, metavar="PART", help=", ".join(FULL))
    given = options.parse_args()
    parts = SMOKE if given.smoke else FULL
    figures: dict[str, float] = {}
    for name in given.parts or parts:
        with tempfile.TemporaryDirectory(prefix="newsroom-benchmark-") as folder:
            figures |= parts[name](Path(folder))
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
