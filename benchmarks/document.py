"""How many digests a second are read from their files and written back."""

import json
import sys
from itertools import pairwise
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.support.command import parser
from benchmarks.support.files import digest
from digests.text.format import dump, parse
from digests.text.judgement import Judgement

DIGESTS, SMOKE_DIGESTS = 200, 4


def main() -> None:
    count = SMOKE_DIGESTS if parser(__doc__).parse_args().smoke else DIGESTS
    texts = [dump(parse(digest(number))) for number in range(count)]
    seconds = dict.fromkeys(["parse", "text", "findings"], 0.0)
    for text in texts:
        times = [perf_counter()]
        document = parse(text)
        times.append(perf_counter())
        judgement = Judgement(document)
        written = judgement.text
        times.append(perf_counter())
        errors = [each for each in judgement.findings if each.is_error]
        times.append(perf_counter())
        if errors or written != text:
            raise SystemExit("A digest did not survive the way there and back.")
        for step, (start, end) in zip(seconds, pairwise(times), strict=True):
            seconds[step] += end - start
    print(f"{count} digests of 8 items, {sum(map(len, texts)) // count} characters each")
    for step, total in seconds.items():
        print(f"{step:14} {total / count * 1000:6.2f} ms")
    both = count / (seconds["parse"] + seconds["text"])
    print(json.dumps({"documents_per_s": round(both, 1)}))


if __name__ == "__main__":
    main()
