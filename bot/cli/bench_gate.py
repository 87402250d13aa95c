"""`iroiro bench gate`: what screening and detection cost a message, beside a common open detector in the same run."""

from __future__ import annotations

import json
import resource
import statistics
import time
from collections.abc import Callable
from typing import Any

import click

from bot.language.detect import Detector
from bot.language.locales import load_locales
from bot.safety.gate import Gate
from bot.settings import Settings
from bot.vocabulary import LOCALES

TARGET_CHARACTERS = 200
ROUNDS = 20


@click.command("gate")
@click.option("--json", "as_json", is_flag=True, help="JSON instead of a table.")
def command(as_json: bool) -> None:
    """Milliseconds a message of about 200 characters costs, in every locale."""
    figures = measure()
    if as_json:
        click.echo(json.dumps(figures, ensure_ascii=False))
        return
    for name, figure in figures.items():
        click.echo(f"{name:<34}{figure}")


def measure() -> dict[str, Any]:
    """Medians and 99th percentiles in milliseconds; the ratio is peer's detection over our detection."""
    settings = Settings.from_env()
    started = time.perf_counter()
    gate = Gate.load(settings.content_dir)
    gate_load_s = time.perf_counter() - started
    detector = Detector.load()
    texts = _texts()
    for text in texts:
        gate.assess(text)
        detector.detect(text)
    screening = _times(texts, gate.assess)
    detection = _times(texts, detector.detect)
    both = [first + second for first, second in zip(screening, detection, strict=True)]
    long_text = (" ".join(texts) * 200)[:100_000]
    started = time.perf_counter()
    gate.assess(long_text)
    hundred_kb_ms = (time.perf_counter() - started) * 1000
    peer = _peer()
    figures: dict[str, Any] = {
        "gate_load_s": round(gate_load_s, 2),
        "gate_median_ms": _median(screening),
        "gate_p99_ms": _p99(screening),
        "gate_100kB_ms": round(hundred_kb_ms, 1),
        "detect_median_ms": _median(detection),
        "gate_and_detect_median_ms": _median(both),
        "gate_and_detect_p99_ms": _p99(both),
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    if peer is not None:
        peer_times = _times(texts, peer)
        figures["lingua_detect_median_ms"] = _median(peer_times)
        figures["lingua_over_ours"] = round(statistics.median(peer_times) / statistics.median(detection), 2)
    return figures


def _texts() -> list[str]:
    """About 200 characters of each locale's own example sentences."""
    locales = load_locales(Settings.from_env().content_dir)
    texts = []
    for tag in LOCALES:
        joined = " ".join(locales[tag].examples) or "..."
        texts.append((joined * (TARGET_CHARACTERS // len(joined) + 1))[:TARGET_CHARACTERS])
    return texts


def _times(texts: list[str], work: Callable[[str], object]) -> list[float]:
    """Milliseconds of each call; every text is tried ROUNDS times with its end changed, so that no cache answers."""
    found = []
    for number in range(ROUNDS):
        for text in texts:
            changed = f"{text} {number}"
            started = time.perf_counter()
            work(changed)
            found.append((time.perf_counter() - started) * 1000)
    return found


def _peer() -> Callable[[str], object] | None:
    """lingua restricted to our languages, where the bench packages are installed."""
    try:
        from lingua import Language, LanguageDetectorBuilder
    except ImportError:
        return None
    wanted = "ENGLISH CHINESE JAPANESE KOREAN VIETNAMESE TAGALOG PORTUGUESE SPANISH INDONESIAN THAI".split()
    languages = [getattr(Language, name) for name in wanted]
    detect: Callable[[str], object] = LanguageDetectorBuilder.from_languages(*languages).build().detect_language_of
    detect("warm up")
    return detect


def _median(values: list[float]) -> float:
    return round(statistics.median(values), 3)


def _p99(values: list[float]) -> float:
    return round(statistics.quantiles(values, n=100)[98], 3)
