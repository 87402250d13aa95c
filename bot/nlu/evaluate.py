"""`python -m bot.nlu.evaluate`: cross-validation of the intents and the written test of the entities, as one JSON object.

`iroiro eval nlu` makes a table and a report of it. Runs in the Rasa environment, on what the model is trained on.
"""

from __future__ import annotations

import argparse
import json
import sys
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from bot.language.entities import EntityFinder
from bot.nlu.examples import from_articles, written
from bot.nlu.intent_training import ARTICLE_WEIGHT, cross_validate, scores
from bot.nlu.lessons import lesson
from bot.settings import Settings
from bot.yaml_files import read_yaml

LENGTHS = (5, 10, 20, 40, 80)
"""Upper bounds, in characters, of the groups for accuracy by length."""
REJECTED = 0.05
"""Share of right answers that a locale's fallback threshold may turn into a question."""
_KINDS = frozenset({"ward", "age"})


def intents(content_dir: Path, locales: list[str] | None, folds: int, embed: bool, articles: bool) -> dict[str, Any]:
    """Accuracy by locale and length, the confusions, and a fallback threshold for each locale."""
    finder = EntityFinder.load(content_dir)
    examples = [one for one in written(content_dir) if locales is None or one.locale in locales]
    taught = [one for one in from_articles(content_dir) if locales is None or one.locale in locales] if articles else []
    extra = lesson(taught, finder, embed, ARTICLE_WEIGHT) if taught else None
    whole = lesson(examples, finder, embed)
    guessed = np.empty(len(examples), dtype=object)
    sure = np.zeros(len(examples))
    for left_out, model in cross_validate(whole, [one.locale for one in examples], extra, folds):
        found = scores(model, whole.part(left_out)) * model.temperature
        odds = np.exp(found - found.max(axis=1, keepdims=True))
        odds /= odds.sum(axis=1, keepdims=True)
        guessed[left_out] = [model.labels[number] for number in odds.argmax(axis=1)]
        sure[left_out] = odds.max(axis=1)
    right = np.array([guess == one.intent for guess, one in zip(guessed, examples, strict=True)])
    where = np.array([one.locale for one in examples])
    sizes = np.array([len(one.text) for one in examples])
    confusions = Counter(
        (one.intent, str(guess)) for one, guess, fine in zip(examples, guessed, right, strict=True) if not fine
    )
    by_locale = {
        str(locale): {
            "examples": int((where == locale).sum()),
            "accuracy": float(right[where == locale].mean()),
            "threshold": float(np.quantile(sure[(where == locale) & right], REJECTED)),
        }
        for locale in dict.fromkeys(where)
    }
    edges = [0, *LENGTHS, 10**6]
    by_length = [
        {"up_to": upper, "examples": int(here.sum()), "accuracy": float(right[here].mean())}
        for lower, upper in zip(edges, edges[1:], strict=False)
        if (here := (sizes > lower) & (sizes <= upper)).any()
    ]
    by_intent = {
        name: float(right[whole.labels == name].mean()) for name in sorted({str(label) for label in whole.labels})
    }
    return {
        "examples": len(examples),
        "accuracy": float(right.mean()),
        "locales": by_locale,
        "lengths": by_length,
        "intents": by_intent,
        "confusions": [[*pair, count] for pair, count in confusions.most_common()],
    }


def entities(content_dir: Path) -> dict[str, float]:
    """F1 of wards and ages on each locale's test_sentences.yml."""
    finder = EntityFinder.load(content_dir)
    found: dict[str, float] = {}
    for path in sorted((content_dir / "nlu_data").glob("*/test_sentences.yml")):
        locale = path.parent.name
        counts = Counter[str]()
        for row in read_yaml(path)["test_sentences"]:
            wanted = {pair for pair in row["entities"].items() if pair[0] in _KINDS}
            seen = {(one.kind, one.value) for one in finder.find(row["text"], locale) if one.kind in _KINDS}
            counts.update(right=len(wanted & seen), wrong=len(seen - wanted) + len(wanted - seen))
        found[locale] = 2 * counts["right"] / (2 * counts["right"] + counts["wrong"])
    return found


def main(arguments: list[str] | None = None) -> int:
    """Print the figures on standard output."""
    parser = argparse.ArgumentParser(prog="python -m bot.nlu.evaluate", description=__doc__)
    parser.add_argument("--locale", action="append", help="only this locale; may be given more than once")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--no-vectors", action="store_true", help="without the sentence vectors")
    parser.add_argument("--no-articles", action="store_true", help="without the articles' words")
    options = parser.parse_args(arguments)
    warnings.simplefilter("ignore")
    content = Settings.from_env().content_dir
    figures = intents(content, options.locale, options.folds, not options.no_vectors, not options.no_articles)
    sys.stdout.write(json.dumps({"intents": figures, "entities": entities(content)}) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
