"""Graph component that settles the locale of every message before any other component looks at the text."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.language.detect import Detector
from bot.vocabulary import LOCALES

LOCALE = "locale"
"""Message property that the later components read."""


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER], is_trainable=False)
class LocaleReader(GraphComponent):
    """Takes the locale from the message's metadata; detects it where there is none, so `rasa shell` works.

    Training examples carry it as intent-level metadata (`metadata: {locale: vi}`), live messages as
    `metadata: {locale: vi, locale_chosen: bool}`.
    """

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LocaleReader:
        return cls()

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            message.set(LOCALE, self._locale(message), add_to_output=True)
        return messages

    @staticmethod
    def _locale(message: Message) -> str:
        metadata = message.get(METADATA) or {}
        for source in (metadata, metadata.get("intent") or {}, metadata.get("example") or {}):
            if isinstance(source, dict) and source.get(LOCALE) in LOCALES:
                return str(source[LOCALE])
        return Detector.load().detect(message.get(TEXT) or "").locale
