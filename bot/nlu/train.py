"""`python -m bot.nlu.train`: trains the Rasa model when its data or its code changed, and prints the model's path."""

from __future__ import annotations

import argparse
import hashlib
import logging
import os
import shutil
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from bot.nlu import without_tensorflow
from bot.settings import PROJECT_ROOT, Settings
from bot.vocabulary import DEFAULT_LOCALE

QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "2",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
}
_CODE = ("bot/nlu", "bot/language")
_KEEP = 3
"""Models kept beside the newest one, so that a roll-back needs no training."""


def rasa_files(content_dir: Path) -> list[Path]:
    """The training data that Rasa reads: the dialogue, and one locale's examples, which name every intent.

    The classifier reads the examples of all locales itself: Rasa would take longer over them than the training does.
    """
    nlu = content_dir / "nlu_data"
    return [*sorted(nlu.glob("dialogue/*.yml")), *sorted(nlu.glob(f"{DEFAULT_LOCALE}/intents/*.yml"))]


def _hashed_files(content_dir: Path) -> Iterator[Path]:
    nlu = content_dir / "nlu_data"
    yield from (content_dir / "config.yml", content_dir / "domain.yml")
    yield from sorted(nlu.glob("dialogue/*.yml"))
    yield from sorted(nlu.glob("*/intents/*.yml"))
    for name in ("entities.yml", "concepts.yml"):
        yield from sorted((content_dir / "nlu_data").glob(f"*/{name}"))
    yield content_dir / "nlu_data" / "_template" / "intents.yml"
    # Titles and keywords teach the classifier; amounts stand in article.yml and change without a training.
    yield from sorted((content_dir / "knowledge_base" / "articles").glob("*/*.md"))
    for folder in _CODE:
        yield from sorted((PROJECT_ROOT / folder).glob("*.py"))


def content_hash(content_dir: Path) -> str:
    """Hash of everything a model depends on: data, our code and Rasa's version. Raises OSError for a missing file."""
    digest = hashlib.sha256(version("rasa").encode())
    for path in _hashed_files(content_dir):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def model_path(settings: Settings) -> Path:
    """Where the model of the present data is, or will be."""
    return settings.data_dir / "models" / f"{content_hash(settings.content_dir)}.tar.gz"


def train(settings: Settings, force: bool = False) -> Path:
    """Path of the model of the present data, trained if it is not there. Raises RuntimeError when training fails."""
    target = model_path(settings)
    if target.exists() and not force:
        return target
    os.environ.update({name: os.environ.get(name, value) for name, value in QUIET.items()})
    without_tensorflow.install()
    from rasa import train as rasa_train

    quiet_logs()
    target.parent.mkdir(parents=True, exist_ok=True)
    content = settings.content_dir
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        result = rasa_train(
            domain=str(content / "domain.yml"),
            config=str(content / "config.yml"),
            training_files=[str(path) for path in rasa_files(content)],
            output=folder,
            fixed_model_name="model",
            force_training=True,
        )
        if result.code != 0 or not result.model or not Path(result.model).exists():
            raise RuntimeError("Rasa did not produce a model; its messages above say why.")
        # A rename within one folder is atomic: nobody ever sees half a model.
        os.replace(result.model, target)
    _remove_old(target)
    return target


def quiet_logs() -> None:
    """Warnings only. Rasa's structured log prints every debug line unless told otherwise before its first use."""
    from rasa.utils.log_utils import configure_structlog

    logging.disable(logging.INFO)  # some libraries set their own loggers to DEBUG when they are imported
    configure_structlog(logging.WARNING)


def _remove_old(newest: Path) -> None:
    models = sorted(newest.parent.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in models[1 + _KEEP :]:
        path.unlink()
    for leftover in newest.parent.glob("tmp*"):
        shutil.rmtree(leftover, ignore_errors=True)


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0 and the path on standard output, or 1 and one sentence on standard error."""
    parser = argparse.ArgumentParser(prog="python -m bot.nlu.train", description=__doc__)
    parser.add_argument("--force", action="store_true", help="train even when nothing changed")
    options = parser.parse_args(arguments)
    warnings.simplefilter("ignore")  # of Rasa's frozen dependencies; none is about our code
    started = time.monotonic()
    try:
        settings = Settings.from_env()
        path = train(settings, options.force)
    except Exception as error:  # one sentence for the one who starts it, whatever Rasa raised
        print(f"Training failed: {type(error).__name__}: {error}", file=sys.stderr)
        return 1
    print(f"{path} ({time.monotonic() - started:.1f} s)", file=sys.stderr)
    print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
