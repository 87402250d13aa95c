"""Embeddings of a city's choosing as one more voice of the search: an OpenAI-compatible endpoint, or an ONNX file.

Off unless a setting names one. The voice only helps to rank our articles: it is silent while its vectors are being made,
and whenever its provider fails.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from bot.knowledge.dense import VectorCache, Vectors, unit
from bot.knowledge.lexical import Scores
from bot.settings import Settings, SettingsError

CACHE_NAME = "search-embeddings.npz"
REST_SECONDS = 60.0
"""How long a provider that failed is left alone: residents must not wait for it at every question."""
_BATCH = 32
_LONGEST = 2000
_log = logging.getLogger(__name__)


class EmbeddingError(RuntimeError):
    """The provider gave no vectors. The message says what happened, never what was asked."""


class Provider(Protocol):
    """Turns texts into vectors; `name` changes whenever the same text would give another vector."""

    @property
    def name(self) -> str: ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """`(len(texts), width)`, rows of length 1. Raises EmbeddingError."""
        ...


class OpenAIEmbedding:
    """Any service that answers `POST …/embeddings` as OpenAI's does: hosted, or run by the city itself."""

    def __init__(self, url: str, model: str, api_key: str = "", timeout_s: float = 2.0) -> None:
        self._url = url if url.rstrip("/").endswith("/embeddings") else f"{url.rstrip('/')}/embeddings"
        self._model = model
        self._headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._timeout = timeout_s
        self.name = f"{self._url} {model}"

    def encode(self, texts: Sequence[str]) -> Vectors:
        """See Provider. Texts are cut at 2,000 characters, 32 to a request."""
        try:
            import httpx
        except ImportError as error:  # the environment of Rasa's actions
            raise EmbeddingError("httpx is not installed here") from error
        rows: list[Any] = []
        try:
            with httpx.Client(timeout=self._timeout, headers=self._headers) as client:
                for start in range(0, len(texts), _BATCH):
                    batch = [text[:_LONGEST] or " " for text in texts[start : start + _BATCH]]
                    answer = client.post(self._url, json={"model": self._model, "input": batch})
                    answer.raise_for_status()
                    rows += _rows(answer.json(), len(batch))
        except httpx.HTTPStatusError as error:
            raise EmbeddingError(f"the endpoint answered {error.response.status_code}") from error
        except httpx.HTTPError as error:
            raise EmbeddingError(f"the endpoint could not be reached: {type(error).__name__}") from error
        except ValueError as error:
            raise EmbeddingError(f"the endpoint's answer is unusable: {error}") from error
        return _matrix(rows)


class OnnxEmbedding:
    """A sentence encoder exported to ONNX, with its `tokenizer.json` beside it. Tokens' last states are averaged."""

    def __init__(self, path: Path) -> None:
        """Raises SettingsError when a file or a package is missing."""
        tokenizer = path.with_name("tokenizer.json")
        for file in (path, tokenizer):
            if not file.is_file():
                raise SettingsError(f"IROIRO_EMBEDDING_FILE: {file} is missing. Put the model and its tokenizer there.")
        try:
            import onnxruntime  # type: ignore[import-not-found,unused-ignore]
            from tokenizers import Tokenizer  # type: ignore[import-not-found,unused-ignore]
        except ImportError as error:
            remedy = "Install the packages onnxruntime and tokenizers, or leave the setting empty."
            raise SettingsError(f"IROIRO_EMBEDDING_FILE needs {error.name}. {remedy}") from error
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self._tokenizer.enable_truncation(512)
        self._tokenizer.enable_padding()
        self._session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        self._inputs = {wanted.name for wanted in self._session.get_inputs()}
        changed = path.stat()
        self.name = f"{path} {changed.st_size} {changed.st_mtime_ns}"

    def encode(self, texts: Sequence[str]) -> Vectors:
        """See Provider."""
        rows: list[Any] = []
        try:
            for start in range(0, len(texts), _BATCH):
                read = self._tokenizer.encode_batch([text[:_LONGEST] for text in texts[start : start + _BATCH]])
                ids = np.array([one.ids for one in read], dtype=np.int64)
                mask = np.array([one.attention_mask for one in read], dtype=np.int64)
                feed = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
                states = self._session.run(None, {name: feed[name] for name in self._inputs})[0]
                shares = mask[..., None] / np.maximum(mask.sum(axis=1), 1)[:, None, None]
                rows += list((states * shares).sum(axis=1))
        except Exception as error:  # whatever a foreign model does, the search goes on without it
            raise EmbeddingError(f"the model failed: {type(error).__name__}") from error
        return _matrix(rows)


def provider_of(settings: Settings) -> Provider | None:
    """The provider that the settings name, None when they name none. Raises SettingsError for an unusable one."""
    if settings.embedding_file:
        return OnnxEmbedding(Path(settings.embedding_file))
    if not settings.embedding_url:
        return None
    return OpenAIEmbedding(
        settings.embedding_url, settings.embedding_model, settings.embedding_api_key, settings.embedding_timeout_s
    )


class EmbeddingVoice:
    """How near each article is to a question by the provider's vectors. Never raises and never waits for an index."""

    def __init__(
        self,
        provider: Provider,
        texts: Mapping[str, Sequence[str]],
        cache: Path | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`texts` holds one text an article for each locale. Vectors of articles are kept in the file `cache`."""
        self._provider = provider
        self._texts = texts
        self._vectors = VectorCache(provider, cache)
        self._clock = clock
        self._ready: dict[str, Vectors] = {}
        self._making: dict[str, threading.Thread] = {}
        self._lock = threading.Lock()
        self._resting_until = 0.0

    def scores(self, question: str, locale: str) -> Scores | None:
        """Cosines, one an article; None while the voice is silent."""
        if self._clock() < self._resting_until:
            return None
        articles = self._ready.get(locale)
        if articles is None:
            self.prepare(locale)
            return None
        try:
            query = self._vectors.encode_query(question)
            if query.shape != articles.shape[1:]:
                raise EmbeddingError("the vectors' width has changed")
        except EmbeddingError as error:
            self._rest(error)
            return None
        found: Scores = articles @ query
        return found

    def wait(self, timeout_s: float = 30.0) -> None:
        """Until what is being prepared is ready or has failed."""
        for thread in list(self._making.values()):
            thread.join(timeout_s)

    def prepare(self, locale: str) -> None:
        """Begin, in another thread, to make the vectors of the articles in a locale, unless they are there."""
        with self._lock:
            if locale in self._ready or locale in self._making or locale not in self._texts:
                return
            # A daemon, so that a provider that hangs does not hold up the end of the process.
            thread = threading.Thread(target=self._make, args=(locale,), name=f"embed-{locale}", daemon=True)
            self._making[locale] = thread
            thread.start()

    def _make(self, locale: str) -> None:
        try:
            self._ready[locale] = self._vectors.vectors(self._texts[locale])
            self._vectors.save()
        except (EmbeddingError, OSError) as error:
            self._rest(error)
        finally:
            with self._lock:
                self._making.pop(locale, None)

    def _rest(self, error: Exception) -> None:
        self._resting_until = self._clock() + REST_SECONDS
        _log.warning("embedding_voice_silent seconds=%d reason=%s", REST_SECONDS, error)


def _rows(answer: Any, wanted: int) -> list[Any]:
    """The vectors of one answer in the order asked for. Raises ValueError."""
    data = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(data, list) or len(data) != wanted or not all(isinstance(item, dict) for item in data):
        raise ValueError(f"`data` must hold {wanted} items")
    ordered = sorted(data, key=lambda item: int(item.get("index", 0)))
    return [item.get("embedding") for item in ordered]


def _matrix(rows: Sequence[Any]) -> Vectors:
    try:
        matrix = np.array(rows, dtype=np.float32)
    except (TypeError, ValueError) as error:
        raise EmbeddingError("vectors of unequal width, or no numbers") from error
    if matrix.ndim != 2 or not matrix.size or not np.isfinite(matrix).all():
        raise EmbeddingError("no vectors of finite numbers")
    return unit(matrix)
