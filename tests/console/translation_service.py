"""A LibreTranslate of our own on loopback: turns every text into one that says what was asked, or fails as told."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

LANGUAGES = ("ja", "en", "vi", "zh", "zt", "pt-BR")


class TranslationService:
    """`asked` holds every body received; `answer` is the status it gives to translations."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.answer = 200
        self.url = ""

    def reply(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        if (method, path) == ("GET", "/languages"):
            return 200, [{"code": code, "name": code, "targets": list(LANGUAGES)} for code in LANGUAGES]
        self.asked.append(body)
        if self.answer != 200:
            return self.answer, {"error": "no"}
        return 200, {"translatedText": f"[{body['source']}>{body['target']}] {body['q']}"}


@contextmanager
def serving() -> Iterator[TranslationService]:
    service = TranslationService()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else {}
            status, value = service.reply(self.command, self.path, body)
            content = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = _answer

        def log_message(self, *_: Any) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    service.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
