"""The further voice of the search, against an endpoint of our own on the loopback."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from bot.knowledge.articles import KnowledgeBase
from bot.knowledge.embedding import REST_SECONDS, EmbeddingError, EmbeddingVoice, OpenAIEmbedding, provider_of
from bot.knowledge.search import Searcher
from bot.settings import Settings, SettingsError
from tests.knowledge.conftest import TODAY, LetterEncoder


class Endpoint(HTTPServer):
    """Answers like OpenAI's embeddings: the first axis is water, the second everything else."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.asked: list[dict[str, Any]] = []
        self.tokens: list[str] = []
        self.answer: tuple[int, Any] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


class _Answers(BaseHTTPRequestHandler):
    server: Endpoint

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append({**asked, "path": self.path})
        self.server.tokens.append(self.headers.get("Authorization", ""))
        items = [
            {"index": number, "embedding": [1.0, 0.1] if "swim" in text or "splash" in text else [0.1, 1.0]}
            for number, text in enumerate(asked["input"])
        ]
        status, body = self.server.answer or (200, {"data": items[::-1]})
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    server = Endpoint()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def test_the_voice_is_off_unless_a_setting_names_a_provider() -> None:
    assert provider_of(Settings()) is None


def test_a_question_without_a_common_word_is_found_by_the_providers_vectors(
    small: KnowledgeBase, endpoint: Endpoint, tmp_path: Path
) -> None:
    settings = Settings(embedding_url=endpoint.url, embedding_model="m", embedding_api_key="k")
    searcher = Searcher.build(small, tmp_path / "v.npz", LetterEncoder(), dense=False, provider=provider_of(settings))
    searcher.warm(["en"])
    assert searcher.search("splash", "en", TODAY).ranked[0][0] == "swim-lessons"
    assert endpoint.asked[-1] == {"model": "m", "input": ["splash"], "path": "/v1/embeddings"}
    assert set(endpoint.tokens) == {"Bearer k"}
    asked = len(endpoint.asked)
    again = Searcher.build(small, tmp_path / "v.npz", LetterEncoder(), dense=False, provider=provider_of(settings))
    again.warm(["en"])
    assert len(endpoint.asked) == asked, "the articles' vectors were kept"


@pytest.mark.parametrize(
    "answer",
    [
        (500, b"no"),
        (200, b"not json"),
        (200, {"data": []}),
        (200, {"data": "x"}),
        (200, {"data": [{"embedding": ["a"]}]}),
        (200, {"data": [{"embedding": [1.0, 2.0, 3.0]}]}),
        (200, {"data": [{"embedding": [float("nan"), 1.0]}]}),
        (200, [1]),
    ],
)
def test_a_provider_that_fails_is_left_alone_and_the_answer_stays(
    small: KnowledgeBase, endpoint: Endpoint, answer: tuple[int, Any]
) -> None:
    plain = Searcher.build(small, dense=False).search("lost umbrella", "en", TODAY)
    provider = OpenAIEmbedding(endpoint.url, "m")
    searcher = Searcher.build(small, dense=False, provider=provider)
    searcher.warm(["en"])
    endpoint.answer = answer
    assert searcher.search("lost umbrella", "en", TODAY) == plain
    calls = len(endpoint.asked)
    assert searcher.search("lost umbrella", "en", TODAY) == plain
    assert len(endpoint.asked) == calls


def test_a_provider_that_cannot_be_reached_while_articles_are_read_stops_nothing(small: KnowledgeBase) -> None:
    searcher = Searcher.build(small, dense=False, provider=OpenAIEmbedding("http://127.0.0.1:9/v1", "m", "", 0.5))
    searcher.warm(["en"])
    assert searcher.search("where is the lost and found", "en", TODAY).ranked[0][0] == "lost-property"


def test_a_rested_provider_is_tried_again(endpoint: Endpoint) -> None:
    now = [0.0]
    voice = EmbeddingVoice(OpenAIEmbedding(endpoint.url, "m"), {"en": ["swim", "hat"]}, clock=lambda: now[0])
    assert voice.scores("splash", "en") is None, "nothing is ready at the first question"
    voice.wait()
    endpoint.answer = (503, b"")
    assert voice.scores("splash", "en") is None
    endpoint.answer = None
    assert voice.scores("splash", "en") is None
    now[0] += REST_SECONDS
    scores = voice.scores("splash", "en")
    assert scores is not None
    assert scores.argmax() == 0
    assert voice.scores("splash", "xx") is None


def test_an_error_never_quotes_the_question(endpoint: Endpoint) -> None:
    endpoint.answer = (400, b"bad: my secret question")
    with pytest.raises(EmbeddingError) as caught:
        OpenAIEmbedding(endpoint.url, "m").encode(["my secret question"])
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("named", "told"),
    [
        ({"embedding_url": "ftp://x"}, "http"),
        ({"embedding_url": "http://x/v1", "embedding_file": "/m.onnx"}, "both"),
        ({"embedding_file": "/nowhere/model.onnx"}, "is missing"),
    ],
)
def test_unusable_settings_are_named(named: dict[str, str], told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        provider_of(Settings(**named))  # type: ignore[arg-type]


def _files(folder: Path) -> Settings:
    for name in ("model.onnx", "tokenizer.json"):
        (folder / name).write_text("{}", encoding="utf-8")
    return Settings(embedding_file=str(folder / "model.onnx"))


def test_a_model_file_without_its_packages_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(SettingsError, match="Install the packages onnxruntime and tokenizers"):
        provider_of(_files(tmp_path))


def test_a_model_file_gives_the_mean_of_its_tokens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Session:
        def __init__(self, path: str, providers: list[str]) -> None:
            assert path.endswith("model.onnx")

        def get_inputs(self) -> list[Any]:
            return [SimpleNamespace(name="input_ids"), SimpleNamespace(name="attention_mask")]

        def run(self, _: None, feed: dict[str, Any]) -> list[Any]:
            assert set(feed) == {"input_ids", "attention_mask"}
            return [np.eye(4, dtype=np.float32)[feed["input_ids"]]]

    class Tokenizer:
        @classmethod
        def from_file(cls, path: str) -> Tokenizer:
            return cls()

        def enable_truncation(self, length: int) -> None:
            assert length == 512

        def enable_padding(self) -> None:
            return

        def encode_batch(self, texts: list[str]) -> list[Any]:
            rows = [([1, 2], [1, 1]) if len(text) > 1 else ([3, 0], [1, 0]) for text in texts]
            return [SimpleNamespace(ids=ids, attention_mask=mask) for ids, mask in rows]

    for name, content in (("onnxruntime", {"InferenceSession": Session}), ("tokenizers", {"Tokenizer": Tokenizer})):
        module = ModuleType(name)
        module.__dict__.update(content)
        monkeypatch.setitem(sys.modules, name, module)
    provider = provider_of(_files(tmp_path))
    assert provider is not None
    half = 0.5**0.5
    assert np.allclose(provider.encode(["ab", "c"]), [[0, half, half, 0], [0, 0, 0, 1]])
