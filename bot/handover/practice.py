"""Practice with synthetic residents: a script as data, what a trainee's message holds, and what was left out.

A practice talk is no case: nothing of it is written to the tables of talks and cases, so it cannot alert anybody and no
statistics can count it. Its whole state travels sealed with the trainee's page and is gone when that is closed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from bot.vocabulary import DEFAULT_LOCALE, LOCALES, RiskLevel
from bot.yaml_files import read_yaml

FILE = "knowledge_base/practice.yml"
STEPS = ("opening", "listening", "safety", "confidentiality", "referral", "closing")
ANSWERED_FIRST = ("safety", "referral", "listening", "confidentiality", "opening", "closing")
"""To a message that does several things at once the resident answers the gravest."""
COMMON = ("opening", "confidentiality", "closing", "other", "unsure")
OWN = ("start", "listening", "safety", "referral")
ALIKE = 0.5
"""Share of letter triples two texts must have in common for one to count as the other's phrase."""

Both = dict[str, str]


class PracticeError(ValueError):
    """The script cannot be used, or there is no such scenario. The message names place and remedy."""


@dataclass(frozen=True)
class Step:
    """Something a good answer holds (or a mistake): how it is told to staff, and how it is noticed."""

    told: Both
    words: tuple[str, ...]
    groups: tuple[str, ...] = ()
    hides: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scenario:
    id: str
    level: RiskLevel
    category: str
    title: Both
    situation: Both
    steps: tuple[str, ...]


@dataclass
class Progress:
    """What has happened in one practice talk: steps and mistakes in the order they first came."""

    scenario: str
    locale: str
    done: list[str] = field(default_factory=list)
    mistakes: list[str] = field(default_factory=list)
    turns: int = 0


@dataclass(frozen=True)
class Script:
    scenarios: dict[str, Scenario]
    steps: dict[str, Step]
    mistakes: dict[str, Step]
    lines: dict[str, dict[str, dict[str, str]]]
    """Locale → scenario or `common` → key → what the resident says. Locales without lines are left out."""

    @classmethod
    def load(cls, content_dir: Path) -> Script:
        """Read the script and the residents' lines of every locale. Raises PracticeError naming file and key."""
        return _load(content_dir)

    def line(self, locale: str, scenario: str, key: str) -> str:
        """What the resident of a scenario says, in their language."""
        own = self.lines[locale][scenario]
        return own.get(key) or self.lines[locale]["common"][key]

    def notice(self, text: str, group: str | None, alike: Mapping[str, str]) -> tuple[set[str], set[str]]:
        """(steps, mistakes) in a trainee's message. `group` of a picked phrase; `alike`: phrase text → its group."""
        said = text.casefold()
        if group is not None:
            return {name for name, step in self.steps.items() if group in step.groups}, set()
        wrong = {name for name, step in self.mistakes.items() if _any_of(step.words, said)}
        near = _nearest_group(said, alike)
        found = {
            name for name, step in self.steps.items() if _any_of(step.words, said) or (near and near in step.groups)
        }
        return found - {hidden for name in wrong for hidden in self.mistakes[name].hides}, wrong

    def answer(self, progress: Progress, steps: set[str], mistakes: set[str]) -> str:
        """Note what the message held and return the key of the resident's answer."""
        fresh = [step for step in ANSWERED_FIRST if step in steps and step not in progress.done]
        progress.done += [step for step in STEPS if step in steps and step not in progress.done]
        progress.mistakes += sorted(mistakes.difference(progress.mistakes))
        progress.turns += 1
        if fresh:
            return fresh[0]
        return "unsure" if progress.turns % 2 else "other"

    def checklist(self, progress: Progress) -> dict[str, Any]:
        """What was and was not said, mistakes, and whether help was named before safety was asked about."""
        wanted = self.scenarios[progress.scenario].steps
        items = [{"id": name, "said": name in progress.done, "told": self.steps[name].told} for name in wanted]
        mistakes = [{"id": name, "told": self.mistakes[name].told} for name in progress.mistakes]
        return {"steps": items, "mistakes": mistakes, "turns": progress.turns}


def _any_of(words: tuple[str, ...], said: str) -> bool:
    return any(word in said for word in words)


def _nearest_group(said: str, alike: Mapping[str, str]) -> str | None:
    """The group of the phrase most like the text, if it is like enough."""
    own = _triples(said)
    if not own:
        return None
    best, group = ALIKE, None
    for phrase, its_group in alike.items():
        other = _triples(phrase.casefold())
        share = len(own & other) / max(1, min(len(own), len(other)))
        if share >= best and len(other) >= 5 and len(own) >= 5:
            best, group = share, its_group
    return group


def _triples(text: str) -> set[str]:
    letters = "".join(text.split())
    return {letters[start : start + 3] for start in range(len(letters) - 2)}


@lru_cache(maxsize=4)
def _load(content_dir: Path) -> Script:
    path = content_dir / FILE
    table = _table(path, "practice")
    try:
        steps = {name: _step(raw) for name, raw in table["steps"].items()}
        mistakes = {name: _step(raw) for name, raw in table["mistakes"].items()}
        scenarios = {name: _scenario(name, raw) for name, raw in table["scenarios"].items()}
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise PracticeError(f"{path}: {error!r} is missing or wrong. Compare with the other entries.") from None
    unknown = {step for scenario in scenarios.values() for step in scenario.steps} - steps.keys()
    if set(steps) != set(STEPS) or unknown:
        raise PracticeError(f"{path}: the steps must be {', '.join(STEPS)}.")
    lines = {}
    for locale in LOCALES:
        place = content_dir / "nlu_data" / locale / "practice.yml"
        if locale != DEFAULT_LOCALE and not place.exists():
            continue  # a language that is being added: not offered for practice yet
        lines[locale] = _table(place, "practice")
        for part, keys in [("common", COMMON), *((name, OWN) for name in scenarios)]:
            for key in keys:
                if not isinstance(lines[locale].get(part, {}).get(key), str):
                    raise PracticeError(f"{place}: `{part}.{key}` is missing. Write what the resident says.")
    return Script(scenarios, steps, mistakes, lines)


def _table(path: Path, key: str) -> dict[str, Any]:
    try:
        raw = read_yaml(path)
    except (OSError, yaml.YAMLError) as error:
        raise PracticeError(f"{path} cannot be read ({error}). Restore it from the project.") from None
    table = raw.get(key) if isinstance(raw, dict) else None
    if not isinstance(table, dict):
        raise PracticeError(f"{path}: the top key `{key}` is missing.")
    return table


def _step(raw: dict[str, Any]) -> Step:
    words = tuple(str(word).casefold() for word in raw["words"])
    return Step(_both(raw["told"]), words, tuple(raw.get("groups", ())), tuple(raw.get("hides", ())))


def _scenario(name: str, raw: dict[str, Any]) -> Scenario:
    level = RiskLevel[raw["level"]]
    return Scenario(name, level, raw["category"], _both(raw["title"]), _both(raw["situation"]), tuple(raw["steps"]))


def _both(raw: dict[str, str]) -> Both:
    return {"ja": raw["ja"], "en": raw["en"]}
