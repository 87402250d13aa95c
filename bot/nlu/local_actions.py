"""Actions in Rasa's own process instead of an action server over HTTP.

Rasa 3.6 reaches actions through one object, `EndpointConfig`, and offers no way to name another class for it. It is a
frozen release, so one method of that class is replaced, for the one address `local://actions`; a test holds the place.
An action server would cost about 18 ms a turn, three quarters of the throughput, and one more listening port.

A second method is replaced for its cost alone: before each answer is checked, Rasa checks the check's own schema anew,
which was nearly half of a turn's processor time.
"""

from __future__ import annotations

import importlib
import json
import logging
import pkgutil
from functools import lru_cache
from typing import Any

from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from rasa.utils.endpoints import ClientResponseError, EndpointConfig
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection

import actions

ADDRESS = "local://actions"

_request_over_http = EndpointConfig.request


@lru_cache(maxsize=1)
def executor() -> ActionExecutor:
    """All actions of the folder actions/, one a file. Raises what a broken action raises when it is imported."""
    logging.getLogger("rasa_sdk.executor").setLevel(logging.WARNING)
    loaded = ActionExecutor()
    for module in pkgutil.iter_modules(actions.__path__):
        for found in vars(importlib.import_module(f"actions.{module.name}")).values():
            if isinstance(found, type) and found.__module__ == f"actions.{module.name}" and hasattr(found, "run"):
                loaded.register_action(found)
    return loaded


async def _request(self: EndpointConfig, *args: Any, **kwargs: Any) -> Any:
    if self.url != ADDRESS:
        return await _request_over_http(self, *args, **kwargs)
    call = kwargs["json"]
    call.setdefault("domain", {})
    try:
        return await executor().run(call)
    except ActionExecutionRejection as rejection:
        body = json.dumps({"error": str(rejection), "action_name": rejection.action_name})
        raise ClientResponseError(400, "rejected", body) from rejection


@lru_cache(maxsize=1)
def _validator() -> Any:
    schema = RemoteAction.action_response_format_spec()
    made = validator_for(schema)
    made.check_schema(schema)
    return made(schema)


def _validate(self: RemoteAction, result: dict[str, Any]) -> bool:
    _validator().validate(result)
    return True


def install() -> None:
    """Let `url: local://actions` in endpoints.yml mean this process. Safe to call again."""
    EndpointConfig.request = _request
    RemoteAction._validate_action_result = _validate
