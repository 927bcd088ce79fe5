"""The files of generated digests.

Every digest has eight items like those of the archive Newsroom imports; half of them have bold
that plain CommonMark would not show, and which is therefore written with references.
"""

from datetime import datetime, timedelta

FIRST = datetime(2026, 3, 2, 8, 0, 41)  # in Shanghai
TEXT = (
    "第{number}期研究者说**“第{n}项”**很重要。在**全球{n}个不同城市**同步学习、构建和训练机器人，"
    * 3
)
EASY = TEXT.replace("**“", "“**").replace("”**", "**”")


def digest(number: int) -> str:
    """The file of a digest; each is four hours after the one before."""
    items = [
        f"{n}.  [第{number}期第{n}条新闻标题-Noor 🤗](https://x.com/noor_invented/status/{number}{n})"
        f"\n\n    {(TEXT if number % 2 else EASY).format(number=number, n=n)}"
        for n in range(1, 9)
    ]
    date = FIRST + timedelta(hours=4 * number)
    front = (
        f'---\ntitle: "{date:%Y.%m.%d.%H} 第{number}期"\ndate: {date:%Y-%m-%dT%H:%M:%S}+08:00\n'
        'categories: ["AI 发展", "技术研究", "行业动态"]\n---'
    )
    return "\n\n".join([front, *items])
