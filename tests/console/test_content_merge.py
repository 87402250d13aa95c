"""Two people's changes of one text come together; where they cannot, nothing of either is lost."""

from __future__ import annotations

import random

from bot.console.content_merge import MARKS, merge

BASE = "one\ntwo\nthree\nfour\nfive\n"


def test_changes_of_different_lines_come_together() -> None:
    assert merge(BASE, BASE.replace("two", "2"), BASE.replace("five", "5")).text == "one\n2\nthree\nfour\n5\n"
    assert merge(BASE, BASE.replace("two\n", ""), BASE + "six\n").text == "one\nthree\nfour\nfive\nsix\n"
    assert merge(BASE, "zero\n" + BASE, BASE.replace("four", "4")).text == "zero\none\ntwo\nthree\n4\nfive\n"


def test_the_same_change_counts_once_and_the_same_line_shows_both() -> None:
    both = BASE.replace("two", "2")
    assert merge(BASE, both, both) == merge(BASE, BASE, both)
    found = merge(BASE, BASE.replace("two", "zwei"), BASE.replace("two", "deux"))
    assert not found.clean
    assert found.text == (
        f"one\n{MARKS[0]} published\nzwei\n{MARKS[1]}\ndeux\n{MARKS[2]} this change\nthree\nfour\nfive\n"
    )


def test_whatever_is_merged_no_persons_new_line_is_lost() -> None:
    chance = random.Random(7)
    for _ in range(300):
        base = [f"line {chance.randrange(6)}\n" for _ in range(chance.randrange(12))]
        texts = []
        for who in "ab":
            text = list(base)
            for turn in range(chance.randrange(4)):
                place = chance.randrange(len(text) + 1)
                text[place : place + chance.randrange(2)] = [f"{who}{turn}\n"]
            texts.append(text)
        first, second = texts
        merged = merge("".join(base), "".join(first), "".join(second))
        lines = merged.text.splitlines(keepends=True)
        for line in first + second:
            if line[0] in "ab":
                assert line in lines, (base, first, second)
        assert merged.clean == (not any(line.startswith(MARKS[0]) for line in lines))
        assert merge("".join(base), "".join(base), "".join(second)).text.rstrip() == "".join(second).rstrip()
