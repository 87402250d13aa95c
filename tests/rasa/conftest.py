"""One trained model and one agent for all tests here. The model is trained when the data changed since the last run."""

from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.nlu import without_tensorflow
from bot.nlu.train import QUIET, quiet_logs
from bot.settings import Settings

ROOT = Path(__file__).resolve().parents[2]

os.environ.update(QUIET)
for variable in [name for name in os.environ if name.startswith("IROIRO_")]:
    del os.environ[variable]
os.environ["IROIRO_TODAY"] = "2026-11-23"
without_tensorflow.install()


@pytest.fixture(scope="session")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    made = asyncio.new_event_loop()
    asyncio.set_event_loop(made)
    yield made
    made.close()


@pytest.fixture(scope="session")
def model() -> Path:
    from bot.nlu.train import train

    quiet_logs()
    return train(Settings.from_env())


@pytest.fixture(scope="session")
def agent(model: Path, loop: asyncio.AbstractEventLoop) -> Any:
    from bot.nlu.serve import load_agent

    return loop.run_until_complete(load_agent(model, Settings.from_env()))


class Talk:
    """One conversation with the real model: what the gateway would send, and what it would get."""

    def __init__(self, agent: Any, loop: asyncio.AbstractEventLoop) -> None:
        self._agent = agent
        self._loop = loop
        self.sender = uuid.uuid4().hex

    def say(self, text: str, locale: str | None = None, **metadata: Any) -> list[dict[str, Any]]:
        """The `custom` objects of the answer."""
        from rasa.core.channels.channel import CollectingOutputChannel, UserMessage

        channel = CollectingOutputChannel()
        given = metadata | ({"locale": locale} if locale else {})
        message = UserMessage(text, channel, self.sender, input_channel="rest", metadata=given)
        self._loop.run_until_complete(self._agent.handle_message(message))
        return [item["custom"] for item in channel.messages]

    def slots(self) -> dict[str, Any]:
        tracker = self._loop.run_until_complete(self._agent.tracker_store.retrieve(self.sender))
        return dict(tracker.current_slot_values())


@pytest.fixture
def talk(agent: Any, loop: asyncio.AbstractEventLoop) -> Callable[[], Talk]:
    return lambda: Talk(agent, loop)
