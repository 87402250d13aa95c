"""Serving the simulator: from a thread of a test, or by itself.

.venv/bin/python -m ops.line_simulator.server --port 8100 --webhook http://127.0.0.1:8000/webhooks/line
"""

from __future__ import annotations

import argparse
import asyncio
import socket
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

import uvicorn

from ops.line_simulator.api import make_app
from ops.line_simulator.platform import Platform
from ops.line_simulator.webhooks import Deliverer

T = TypeVar("T")


class Simulator:
    """A platform served on a free loopback port from a thread of this process."""

    def __init__(self, access_token: str = "simulated-token", channel_secret: str = "simulated-secret") -> None:
        self.platform = Platform(access_token, channel_secret)
        self.deliverer = Deliverer(self.platform)
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        # Listening already: who connects before the server accepts waits a moment instead of failing.
        self._socket.listen(128)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        app = make_app(self.platform, self.deliverer)
        config = uvicorn.Config(
            app, log_level="critical", access_log=False, lifespan="off", timeout_graceful_shutdown=1
        )
        self._server = uvicorn.Server(config)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Simulator:
        self._thread.start()
        self._started.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self.do(self.deliverer.aclose())
        self._server.should_exit = True
        self._thread.join(10)
        self._socket.close()

    def do(self, work: Coroutine[Any, Any, T], seconds: float = 60.0) -> T:
        """Run `work` on the simulator's own event loop and return its result."""
        assert self._loop is not None
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(seconds)

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._started.set()
        await self._server.serve(sockets=[self._socket])


def main() -> None:
    reader = argparse.ArgumentParser(description="A LINE platform on loopback, with a phone page.")
    reader.add_argument("--port", type=int, default=8100)
    reader.add_argument("--webhook", default="http://127.0.0.1:8000/webhooks/line")
    reader.add_argument("--token", default="simulated-token")
    reader.add_argument("--secret", default="simulated-secret")
    given = reader.parse_args()
    platform = Platform(given.token, given.secret)
    platform.webhook_url = given.webhook
    app = make_app(platform, Deliverer(platform))
    uvicorn.run(app, host="127.0.0.1", port=given.port, log_level="warning", lifespan="off")


if __name__ == "__main__":
    main()
