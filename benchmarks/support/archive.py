"""The contents and addresses of a generated archive of any size.

Every archive covers the same 3,333 days, so that the pages of a large one list the same years and
months as those of a small one: 20,000 digests are six a day. Texts are drawn by a seeded chance
from common words.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
FIRST = datetime(2016, 11, 1, tzinfo=ZONE)
MINUTES = 3_333 * 24 * 60
SERIES, SOURCES, CATEGORIES = 3, 20, 12

# The most frequent first.
WORDS = """
公司 发布 研究 数据 市场 技术 用户 产品 我们 可以 发展 问题 已经 工作 系统 企业
中国 服务 时间 进行 团队 项目 开发 安全 平台 机器 信息 网络 投资 应用 训练 报告
管理 美国 方面 目前 提供 能力 成本 论文 结果 方法 测试 世界 芯片 开源 计划 支持
合作 全球 经济 政府 学习 行业 机构 表示 增长 使用 通过 推出 版本 环境 教育 记者
北京 欧洲 季度 收入 价格 规模 算力 语言 视频 图像 医疗 手机 汽车 能源 电池 科学
大学 实验 专家 人类 社会 生活 城市 国家 法律 规则 风险 监管 隐私 透明 标准 组织
社区 工具 代码 程序 设备 软件 硬件 接口 架构 参数 性能 效率 质量 速度 延迟 存储
内存 带宽 部署 更新 修复 漏洞 攻击 防御 评估 指标 基准 排名 竞争 创新 专利 诉讼
版权 协议 谈判 融资 估值 上市 股价 利润 亏损 裁员 招聘 员工 总裁 董事 创始 客户
订单 供应 工厂 生产 出口 关税 制裁 限制 许可 批准 审查 调查 起诉 判决 赔偿 声明
回应 否认 证实 透露 预计 宣布 决定
""".split()  # noqa: SIM905

# What searches look for, and the share of entries that it stands in.
RARITIES = {
    "人工智能": 0.44,
    "智能": 0.4,
    "大模型": 0.44,
    "GPT-5": 0.1,
    " Orbweft ": 0.1,  # apart from other Latin words
    "汉奸": 376 / 160_000,
    "饕餮": 15 / 160_000,
}


@dataclass(frozen=True)
class Size:
    digests: int
    entries: int  # of each digest
    sentences: int  # of each entry
    has_pages: bool = False  # whether the HTML of its pages is kept
    is_searched: bool = False  # whether search knows it


def short(digests: int) -> Size:
    return Size(digests, entries=2, sentences=1, has_pages=True)


def full(digests: int, *, is_searched: bool = False) -> Size:
    """Of about 1,700 characters each."""
    return Size(digests, entries=8, sentences=6, is_searched=is_searched)


def date_of(number: int, digests: int) -> datetime:
    """When the digest of this number appeared, the oldest being 0."""
    return FIRST + timedelta(minutes=number * MINUTES // digests)


def series_of(number: int) -> str:
    return f"series-{number % SERIES + 1}"


def address_of(number: int, digests: int) -> str:
    return f"/{series_of(number)}/{date_of(number, digests):%Y-%m-%d-%H%M}/"


def texts(chance: random.Random, sentences: int) -> Iterator[str]:
    weights = [1 / (rank + 8) for rank in range(len(WORDS))]
    drawn = chance.choices(WORDS, weights, k=400_000)
    pool = [
        f"{''.join(drawn[at : at + 8])}，{''.join(drawn[at + 8 : at + 16])}。"
        for at in range(0, len(drawn), 16)
    ]
    while True:
        parts = chance.choices(pool, k=sentences)
        for word, share in RARITIES.items():
            if chance.random() < share:
                at = chance.randrange(sentences)
                parts[at] = f"{word}{parts[at]}"
        # Bold that is written as it is: references would take the writer of files twice the time.
        yield f"**要点**：{''.join(parts)}"
