"""The command contracts that tools outside rely on: order kept, unknown keys passed through, garbage answered in its place."""

from __future__ import annotations

import json
import random
import subprocess
from typing import Any

import pytest

from bot.settings import PROJECT_ROOT
from bot.vocabulary import LOCALES, Category, Outcome, RiskLevel

IROIRO = PROJECT_ROOT / ".venv/bin/iroiro"
LINES = 1000

TEXTS = [
    "児童手当はいくらですか",
    "死にたい",
    "how do I apply for daycare?",
    "trợ cấp trẻ em",
    "kms",
    "",
    "   ",
    "😀" * 40,
    "\u202e\u0000x",
    "あ" * 3000,
    "ขอความช่วยเหลือ",
    "बालबालिका भत्ता",
    "ok",
]
GARBAGE = ["{", "[]", "null", '"text"', "{'text': 'x'}", '{"text": 5}', '{"no_text": "x"}', "\ufffd\u0001", "[" * 3000]


def mixed_lines() -> list[str]:
    """A thousand lines in a fixed disorder, about one in eight of them garbage."""
    choose = random.Random(20261123)
    lines = []
    for number in range(LINES):
        if choose.random() < 0.12:
            lines.append(choose.choice(GARBAGE))
        else:
            lines.append(json.dumps({"text": choose.choice(TEXTS), "id": number, "note": {"kept": True}}))
    return lines


def answers(command: str, lines: list[str]) -> list[dict[str, Any]]:
    done = subprocess.run(
        [str(IROIRO), command],
        input="\n".join(lines).encode("utf-8", "surrogatepass") + b'\n\xff\xfe{"text": "\xe3"}\n',
        capture_output=True,
        timeout=300,
        check=True,
        cwd=PROJECT_ROOT,
    )
    return [json.loads(line) for line in done.stdout.decode("utf-8").splitlines()]


def is_valid(line: str) -> bool:
    try:
        document = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(document, dict) and isinstance(document.get("text"), str)


def detect_fits(answer: dict[str, Any]) -> bool:
    return answer["locale"] in LOCALES and 0 <= answer["confidence"] <= 1


def triage_fits(answer: dict[str, Any]) -> bool:
    known = answer["category"] is None or answer["category"] in Category.__members__
    return answer["level"] in RiskLevel.__members__ and known and isinstance(answer["signals"], list)


def ask_fits(answer: dict[str, Any]) -> bool:
    return (
        answer["outcome"] in Outcome.__members__
        and isinstance(answer["articles"], list)
        and answer["locale"] in LOCALES
        and {"article", "intent", "reply"} <= answer.keys()
    )


COMMANDS = {"detect": detect_fits, "triage": triage_fits, "ask": ask_fits}


@pytest.mark.timeout(400)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_thousand_mixed_lines(command: str) -> None:
    lines = mixed_lines()
    found = answers(command, lines)
    assert len(found) == LINES + 1
    for number, (line, answer) in enumerate(zip(lines, found, strict=False), start=1):
        if is_valid(line):
            assert answer["note"] == {"kept": True}
            assert answer["id"] == number - 1
            assert COMMANDS[command](answer), answer.keys()
        else:
            assert answer["error"], f"line {number} is garbage and must be answered with an error"
            assert answer["line"] == number
    assert "error" in found[-1]


def test_triage_gives_a_level_after_every_turn() -> None:
    line = json.dumps({"turns": ["こんにちは", "死にたい", "ごめん、うそ"], "id": "d1"})
    (answer, _) = answers("triage", [line])
    assert answer["id"] == "d1"
    assert answer["level_by_turn"] == ["none", "high", "high"]
