"""How many digests a second are read from their files and written back.

Every digest has eight items like those of the archive Newsroom imports; half of them have bold
that plain CommonMark would not show, and which is therefore written with references.
"""

import json
import sys
from itertools import pairwise
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.support.command import parser
from digests.text.format import dump, parse
from digests.text.judgement import Judgement

DIGESTS, SMOKE_DIGESTS = 200, 4
TEXT = (
    "第{number}期研究者说**“第{n}项”**很重要。在**全球{n}个不同城市**同步学习、构建和训练机器人，"
    * 3
)
EASY = TEXT.replace("**“", "“**").replace("”**", "**”")


def digest(number: int) -> str:
    items = [
        f"{n}.  [第{number}期第{n}条新闻标题-Noor 🤗](https://x.com/noor_invented/status/{number}{n})"
        f"\n\n    {(TEXT if number % 2 else EASY).format(number=number, n=n)}"
        for n in range(1, 9)
    ]
    front = (
        f'---\ntitle: "2026.03.02.08 第{number}期"\ndate: 2026-03-02T08:00:41+08:00\n'
        'categories: ["AI 发展", "技术研究", "行业动态"]\n---'
    )
    return "\n\n".join([front, *items])


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
