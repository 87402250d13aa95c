from __future__ import annotations

import pytest

from bot.safety.fold import fold
from bot.safety.patterns import PatternError, parse

SLOTS = {"die": ["die", "be dead", "(disappear|vanish)"], "want": ["want to", "wanna"]}


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("i ~2 {want} ~1 {die}", "honestly i just wanna die", True),
        ("i ~2 {want} ~1 {die}", "i want to diet", False),
        ("i ~2 {want} ~1 {die}", "is want to die", False),
        ("want to die", "wanttodie", True),
        ("cut(s|ting)? my", "cutting my", True),
        ("suicid*", "suicidal", True),
        ("muốn chết", "muon chet", True),
        ("muốn chết", "muòn chet", False),
        ("=tự tử", "tu tu", False),
        ("tự tử", "từ từ", False),
        ("^help me$", "Help me!", True),
        ("^help me$", "help me move", False),
        ("(死|し)にたい", "もうしにたいよ", True),
        ("死~3たい", "死んでしまいたい", False),
        ("ママに(叩|殴)かれ?", "ままに叩か", True),
        ("죽고 싶어", "죽고싶어요", True),
        ("in # days", "in 3 days", True),
        # Folding merges doubled letters: the second may be gone only where it really stood beside the first.
        ("누나~나가", "누나가", True),
        ("누나~나가", "누나 나가", True),
        ("누나~나가", "누나 지금 가요", False),
        ("ตาย~ยา", "ตายา", True),
        ("ตาย~ยา", "ตายแล้วา", False),
        ("मर~रस", "मर थोडा स", False),
        ("おかあ~あさん", "おかあさん", True),
        ("おかあ~あさん", "おかはさん", False),
        # A space is optional anyway; saying so is allowed.
        ("kill ?me", "kill me", True),
        ("kill ?me", "killme", True),
        ("(my|the) ?pills", "thepills", True),
    ],
)
def test_a_pattern_matches_what_it_says(pattern: str, text: str, matches: bool) -> None:
    parsed = parse(pattern, SLOTS)
    assert bool(parsed.regex.search(getattr(fold(text), parsed.view))) is matches


def test_romanised_patterns_compare_by_sound() -> None:
    parsed = parse("malai marna man chha", romanised=True)
    assert parsed.regex.search(fold("Malai marna man xa").sound)


@pytest.mark.parametrize("wrong", ["(a", "{nothing} here", "a)", "~99 words here", "(x)?", "ab", "[ab]cd", ""])
def test_a_pattern_that_cannot_work_is_refused_with_a_remedy(wrong: str) -> None:
    with pytest.raises(PatternError, match=r"[A-Z][^.]*\.|\.$"):
        parse(wrong, SLOTS)
