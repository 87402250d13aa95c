"""Graph component that prefers "not understood" to a guess, with a threshold measured for each locale."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.locale_reader import LOCALE


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class LocaleFallback(GraphComponent, IntentClassifier):
    """Below `thresholds[locale]` (or `threshold`) the intent becomes nlu_fallback; the ranking stays for the record."""

    def __init__(self, config: dict[str, Any]) -> None:
        self._threshold = float(config["threshold"])
        self._thresholds = {str(locale): float(value) for locale, value in (config["thresholds"] or {}).items()}

    @classmethod
    def required_components(cls) -> list[type]:
        return [IntentClassifier]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"threshold": 0.3, "thresholds": {}}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LocaleFallback:
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            intent = message.get(INTENT) or {}
            wanted = self._thresholds.get(message.get(LOCALE) or "", self._threshold)
            if str(message.get(TEXT) or "").startswith("/"):
                continue
            if intent.get("name") is None or float(intent.get("confidence") or 0.0) < wanted:
                fallback = {"name": DEFAULT_NLU_FALLBACK_INTENT_NAME, "confidence": 1.0}
                ranking = [fallback, *(message.get("intent_ranking") or [])]
                message.set(INTENT, fallback, add_to_output=True)
                message.set("intent_ranking", ranking, add_to_output=True)
        return messages
