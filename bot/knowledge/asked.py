"""More ways residents ask for an article, one file a locale: search reads them, nobody is shown them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.knowledge.problems import Problem
from bot.knowledge.source_lines import YamlFault, load_yaml

FILE_NAME = "asked.yml"


def load_asked(
    content_dir: Path, locale: str, ids: Sequence[str], problems: list[Problem]
) -> Mapping[str, tuple[str, ...]]:
    """Article id → questions of nlu_data/<locale>/asked.yml; empty without the file. Faults go to `problems`."""
    path = content_dir / "nlu_data" / locale / FILE_NAME
    if not path.exists():
        return {}
    try:
        content: Any = load_yaml(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        problems.append(Problem(str(path), 0, "", "the file is not UTF-8.", "Save it as UTF-8."))
        return {}
    except YamlFault as fault:
        problems.append(Problem(str(path), fault.line, "", f"not YAML: {fault}.", "Quote questions that hold `: `."))
        return {}
    data = content.get("asked") if isinstance(content, dict) else None
    if not isinstance(data, dict):
        problems.append(Problem(str(path), 1, "asked", "the map is missing.", "Begin with `asked:`."))
        return {}
    known = set(ids)
    found: dict[str, tuple[str, ...]] = {}
    for article_id, questions in data.items():
        if article_id not in known:
            problems.append(Problem(str(path), 0, str(article_id), "is no article.", "Use an article's id."))
        elif not isinstance(questions, list) or not all(isinstance(text, str) and text.strip() for text in questions):
            remedy = "Write one question a line, in quotes where it holds a colon."
            problems.append(Problem(str(path), 0, str(article_id), "is not a list of questions.", remedy))
        else:
            found[article_id] = tuple(questions)
    return found
