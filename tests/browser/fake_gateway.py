"""The built web pages served by Node over an in-memory gateway (web/dev/fake.ts), under the real security policy."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

WEB = Path(__file__).resolve().parents[2] / "web"


class NotBuilt(RuntimeError):
    """Node or the built pages are missing; the message says what to run."""


@contextmanager
def serving() -> Iterator[str]:
    """Address of a fresh fake gateway on a free loopback port. Raises NotBuilt before anything is started."""
    node = shutil.which("node", path=f"{os.environ.get('PATH', '')}:{WEB.parent / '.venv' / 'bin'}")
    vite = WEB / "node_modules" / "vite" / "bin" / "vite.js"
    if node is None or not vite.exists() or not (WEB / "dist" / "widget.js").exists():
        raise NotBuilt("the web pages are not built: run `make web` first")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {**os.environ, "FAKE_GATEWAY": "1", "WEB_PORT": str(port)}
    process = subprocess.Popen([node, str(vite), "preview"], cwd=WEB, env=env, stdout=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_until_up(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(10)


def _wait_until_up(address: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise RuntimeError(f"the fake gateway ended with code {process.returncode}")
        try:
            with urllib.request.urlopen(f"{address}/api/chat/hotlines", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"nothing answers at {address}")
