"""`python -m bot.nlu.serve --port P --model PATH`: Rasa's REST channel on loopback, warm before it listens."""

from __future__ import annotations

import argparse
import asyncio
import ctypes
import gc
import logging
import os
import sys
import warnings
from pathlib import Path
from typing import Any

from bot.nlu import without_tensorflow
from bot.nlu.train import QUIET, model_path, quiet_logs
from bot.settings import PROJECT_ROOT, Settings
from bot.vocabulary import LOCALES

logger = logging.getLogger(__name__)

_WARM_TEXTS = {
    "ja": "中原区の3歳児健診はいつですか",
    "ja-easy": "こどもの びょういんの おかねは いくらですか",
    "zh-Hans": "孩子的医疗费补助怎么申请",
    "zh-Hant": "孩子的醫療費補助怎麼申請",
    "ko": "아이 의료비 지원은 어떻게 신청하나요",
    "th": "ขอรับเงินช่วยเหลือค่ารักษาพยาบาลเด็กได้ที่ไหน",
    "ne": "बच्चाको उपचार खर्च सहायता",
}


class ServeError(RuntimeError):
    """The server cannot start. The message says what failed and what to do."""


async def load_agent(model: Path, settings: Settings) -> Any:
    """The agent with its model, actions and stores. Raises ServeError when the model cannot be used.

    Rasa itself would go on listening without a model and answer every message with nothing.
    """
    from rasa.core.agent import load_agent as rasa_load_agent
    from rasa.core.utils import AvailableEndpoints

    endpoints = AvailableEndpoints.read_endpoints(str(settings.content_dir / "endpoints.yml"))
    try:
        agent = await rasa_load_agent(model_path=str(model), endpoints=endpoints)
    except Exception as error:
        raise ServeError(
            f"The model {model} cannot be loaded ({type(error).__name__}: {error}). Train it again."
        ) from error
    if not agent.is_ready():
        raise ServeError(f"The model {model} cannot be loaded. Run `python -m bot.nlu.train --force` and start again.")
    return agent


async def warm(agent: Any) -> None:
    """Load every locale's dictionaries and the actions' data now, so that the first resident does not wait."""
    from rasa.core.channels.channel import CollectingOutputChannel, UserMessage

    from bot.nlu.local_actions import executor

    executor()
    # A missing dictionary should stop the start, not the first resident who needs it.
    for locale in LOCALES:
        text = _WARM_TEXTS.get(locale, "child medical subsidy")
        channel = CollectingOutputChannel()
        message = UserMessage(text, channel, f"warm-{locale}", input_channel="rest", metadata={"locale": locale})
        await agent.handle_message(message)
        if not channel.messages:
            raise ServeError(f"The model answers nothing in {locale}; the log above names the action that failed.")


def give_back_memory() -> None:
    """Return what loading used and freed to the system; the C library keeps it otherwise. Only where it can be asked."""
    gc.collect()
    gc.freeze()
    try:
        ctypes.CDLL("libc.so.6").malloc_trim(0)
    except (OSError, AttributeError):
        logger.debug("no malloc_trim on this system")


def serve(model: Path, port: int, settings: Settings) -> None:
    """Serve until stopped. Raises ServeError before listening when the model cannot be used."""
    if not model.exists():
        raise ServeError(f"There is no model at {model}. Run `python -m bot.nlu.train` first.")
    from rasa.core.run import configure_app, create_http_input_channels
    from rasa.core.utils import AvailableEndpoints

    os.chdir(settings.content_dir)
    endpoints = AvailableEndpoints.read_endpoints(str(settings.content_dir / "endpoints.yml"))
    channels = create_http_input_channels("rest", str(settings.content_dir / "credentials.yml"))
    app = configure_app(channels, enable_api=False, port=port, endpoints=endpoints)

    async def start(application: Any, loop: asyncio.AbstractEventLoop) -> None:
        agent = await load_agent(model, settings)
        await warm(agent)
        give_back_memory()
        application.ctx.agent = agent
        print(f"Rasa serves {model.name} on 127.0.0.1:{port}", flush=True)

    app.register_listener(start, "before_server_start")
    app.run(host="127.0.0.1", port=port, workers=1, access_log=False, motd=False)


def main(arguments: list[str] | None = None) -> int:
    """Exit code 1 and one sentence on standard error when the server cannot start."""
    parser = argparse.ArgumentParser(prog="python -m bot.nlu.serve", description=__doc__)
    parser.add_argument("--port", type=int, default=5005)
    parser.add_argument("--model", type=Path, help="default: the model of the present data")
    options = parser.parse_args(arguments)
    warnings.simplefilter("ignore")  # of Rasa's frozen dependencies; none is about our code
    os.environ.update({name: os.environ.get(name, value) for name, value in QUIET.items()})
    sys.path.insert(0, str(PROJECT_ROOT))
    logging.basicConfig(level=logging.WARNING)
    try:
        without_tensorflow.install()
        quiet_logs()
        settings = Settings.from_env()
        serve((options.model or model_path(settings)).resolve(), options.port, settings)
    except Exception as error:  # one sentence for the one who starts it
        print(f"Rasa did not start: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
