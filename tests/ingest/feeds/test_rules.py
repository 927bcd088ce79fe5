"""Rules decide what becomes of a story, and the one that did is named."""

import pytest

from digests.ingest.feeds.rules import (
    MAX_PATTERN,
    Action,
    Decision,
    Match,
    Part,
    Rule,
    RuleError,
    Rules,
    Story,
    check_rule,
)

STORY = Story(
    title="OpenAI releases GPT-6 — ｏｐｅｎ weights",
    text="The model is free. 模型免费。",
    link="https://a.example/sponsored/1",
    author="Ada Lovelace",
    categories=("AI", "Großes"),
)
EVERYWHERE = frozenset(Part)


def rule(pattern: str, action: Action = Action.BLOCK, *parts: Part, **given: object) -> Rule:
    parts = parts or (Part.TITLE,)
    return Rule("rule", action, pattern, frozenset(parts), **given)  # type: ignore[arg-type]


def matches(tested: Rule, story: Story = STORY) -> bool:
    return Rules([tested]).judge(story).by is not None


@pytest.mark.parametrize(
    "pattern", ["gpt-6", "OPENAI", "ＧＰＴ－６", "open weights", "Open Weights", "— "]
)
def test_a_substring_is_found_whatever_its_case_and_width(pattern: str) -> None:
    assert matches(rule(pattern))


@pytest.mark.parametrize("pattern", ["GPT.6", "gpt-7", "model", ".*"])
def test_a_substring_is_no_expression(pattern: str) -> None:
    assert not matches(rule(pattern))


def test_case_is_folded_as_languages_do() -> None:
    assert matches(rule("GROSSES", Action.BLOCK, Part.CATEGORY))


@pytest.mark.parametrize(
    ("part", "pattern"),
    [
        (Part.TITLE, "GPT-6"),
        (Part.TEXT, "模型免费"),
        (Part.LINK, "/sponsored/"),
        (Part.AUTHOR, "lovelace"),
        (Part.CATEGORY, "ai"),
    ],
)
def test_a_rule_looks_at_its_parts_alone(part: Part, pattern: str) -> None:
    assert Rules([rule(pattern, Action.BLOCK, part)]).judge(STORY).by == Match(
        rule(pattern, Action.BLOCK, part), part
    )
    others = EVERYWHERE - {part}
    if part is not Part.CATEGORY:  # "ai" stands in many words
        assert not matches(rule(pattern, Action.BLOCK, *others))


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        (r"gpt-\d", True),
        (r"^openai\b", True),
        (r"(?-i:openai)", False),
        (r"^weights", False),
        (r"\p{Han}", False),
    ],
)
def test_an_expression_is_searched_for(pattern: str, found: bool) -> None:
    assert matches(rule(pattern, is_regex=True)) is found


def test_the_first_rule_that_matches_decides_and_is_named() -> None:
    keep, block = rule("GPT", Action.KEEP), rule("OpenAI", Action.BLOCK)
    assert Rules([keep, block]).judge(STORY) == Decision(Action.KEEP, Match(keep, Part.TITLE))
    assert Rules([block, keep]).judge(STORY) == Decision(Action.BLOCK, Match(block, Part.TITLE))


def test_the_rules_of_the_source_come_before_those_for_all() -> None:
    keep, block = rule("GPT", Action.KEEP), rule("OpenAI", Action.BLOCK)
    assert Rules(of_source=[keep], for_all=[block]).judge(STORY).action is Action.KEEP
    assert Rules(of_source=[], for_all=[block]).judge(STORY).action is Action.BLOCK


def test_without_a_match_a_story_is_kept_by_no_rule() -> None:
    assert Rules([rule("nothing")]).judge(STORY) == Decision(Action.KEEP, None)
    assert Rules().judge(Story()) == Decision()


def test_an_empty_pattern_makes_a_list_of_what_is_let_in() -> None:
    rules = Rules([rule("GPT", Action.KEEP), rule("", Action.BLOCK)])
    assert rules.judge(STORY).action is Action.KEEP
    assert rules.judge(Story(title="Other")) == Decision(
        Action.BLOCK, Match(rule("", Action.BLOCK))
    )


def test_filing_decides_nothing() -> None:
    file = rule("OpenAI", Action.FILE_UNDER, under="Labs")
    also = rule("free", Action.FILE_UNDER, Part.TEXT, under="Open")
    shortlist = rule("GPT", Action.SHORTLIST)
    late = rule("GPT", Action.FILE_UNDER, under="Late")
    decision = Rules([file, also, shortlist, late]).judge(STORY)
    assert decision.action is Action.SHORTLIST
    assert [match.rule.under for match in decision.filed] == ["Labs", "Open"]


@pytest.mark.parametrize(
    ("pattern", "position"), [("(a", 3), ("*a", 1), ("[z-a]", 5), ("a(?P<n>b)(?P<n", 15)]
)
def test_an_expression_that_is_none_says_where(pattern: str, position: int) -> None:
    with pytest.raises(RuleError, match=f"at character {position}: "):
        check_rule(rule(pattern, is_regex=True))


def test_a_pattern_may_not_be_too_long() -> None:
    check_rule(rule("a" * MAX_PATTERN))
    with pytest.raises(RuleError, match="at most 500 characters"):
        check_rule(rule("a" * (MAX_PATTERN + 1)))


def test_a_rule_that_takes_too_long_is_reported_and_takes_part_no_more() -> None:
    slow, block = rule(r"(a+)+$|(?:a|a?)+c", is_regex=True), rule("end", Action.BLOCK)
    rules = Rules([slow, block])
    story = Story(title="a" * 5_000 + " end")
    assert rules.judge(story).by == Match(block, Part.TITLE)
    assert rules.slow == [slow]
    # What it would have found at once is not asked any more.
    assert rules.judge(Story(title="aaac")).by is None
