"""`iroiro triage`: what the safety gate says, for JSON Lines of texts or of whole dialogues."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from typing import Any

import click

from bot.safety.gate import Gate
from bot.settings import Settings
from bot.turn import Assessment

_RESIDENT = "resident"


def run(lines: Iterable[str], out: Callable[[dict[str, Any]], None], gate: Gate) -> None:
    """Assess each line. `{"text"}` → level, category, signals; `{"turns": [...]}` → `level_by_turn` too.

    A turn is a text, or `{"text", "author"?}`; turns that a resident did not write keep the level before them. Unknown
    keys pass through; a line that cannot be read gives `{"error", "line"}` and the others go on.
    """
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
        except (ValueError, RecursionError) as error:
            out({"error": f"not JSON ({error}). Give one JSON object a line.", "line": number})
            continue
        if not isinstance(item, dict):
            out({"error": 'not an object. Give {"text": "..."} or {"turns": [...]}.', "line": number})
        elif isinstance(item.get("turns"), list):
            out({**item, **_dialogue(item["turns"], gate)})
        elif isinstance(item.get("text"), str):
            out({**item, **gate.assess(item["text"]).as_dict()})
        else:
            out({**item, "error": 'neither "text" (a string) nor "turns" (a list) is given.', "line": number})


def _dialogue(turns: list[Any], gate: Gate) -> dict[str, Any]:
    history: list[Assessment] = []
    levels: list[str] = []
    categories: list[str | None] = []
    for turn in turns:
        text = turn.get("text") if isinstance(turn, dict) else turn
        author = turn.get("author", _RESIDENT) if isinstance(turn, dict) else _RESIDENT
        if isinstance(text, str) and author in (_RESIDENT, "user", None):
            history.append(gate.assess(text, history))
        last = history[-1] if history else Assessment()
        levels.append(last.level.name)
        categories.append(last.category.value if last.category else None)
    last = history[-1] if history else Assessment()
    return {"level_by_turn": levels, "category_by_turn": categories, **last.as_dict()}


@click.command(name="triage")
def command() -> None:
    """Assess risk: JSON Lines on stdin, one result a line on stdout."""

    def out(item: dict[str, Any]) -> None:
        sys.stdout.write(json.dumps(item, ensure_ascii=False) + "\n")
        sys.stdout.flush()

    lines = (raw.decode("utf-8", "replace") for raw in sys.stdin.buffer)
    run(lines, out, Gate.load(Settings.from_env().content_dir))
