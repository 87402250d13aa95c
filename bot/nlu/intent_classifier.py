"""Graph component around the intent model."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.language.entities import EntityFinder
from bot.nlu.intent_model import IntentModel
from bot.nlu.locale_reader import LOCALE, LocaleReader
from bot.nlu.reading import read
from bot.settings import Settings
from bot.vocabulary import DEFAULT_LOCALE

RANKED = 5


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LocaleIntentClassifier(GraphComponent, IntentClassifier):
    """One model for all locales. `embed: false` in config.yml leaves the sentence vectors out, `articles: false` the articles' words."""

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, model: IntentModel | None = None
    ) -> None:
        self._embed = bool(config["embed"])
        self._articles = bool(config["articles"])
        self._storage = model_storage
        self._resource = resource
        self._model = model
        self._finder = EntityFinder.load(Settings.from_env().content_dir)

    @classmethod
    def required_components(cls) -> list[type]:
        return [LocaleReader]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"embed": True, "articles": True}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LocaleIntentClassifier:
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> LocaleIntentClassifier:
        with model_storage.read_from(resource) as folder:
            return cls(config, model_storage, resource, IntentModel.load(folder))

    def train(self, training_data: TrainingData) -> Resource:
        """Learns from the examples of all locales, read from their folders; `training_data` says which intents there are."""
        from bot.nlu.examples import from_articles, written
        from bot.nlu.intent_training import ARTICLE_WEIGHT, fit
        from bot.nlu.lessons import lesson

        content = Settings.from_env().content_dir
        examples = [one for one in written(content) if one.intent in training_data.intents]
        articles = from_articles(content) if self._articles else []
        extra = lesson(articles, self._finder, self._embed, ARTICLE_WEIGHT) if articles else None
        self._model = fit(lesson(examples, self._finder, self._embed), extra)
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            ranking = self._ranking(message)
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages

    def _ranking(self, message: Message) -> list[dict[str, Any]]:
        text = str(message.get(TEXT) or "")
        if self._model is None or not text.strip() or text.startswith("/"):
            # A button's payload is read by Rasa's own handler after this component.
            return [{"name": None, "confidence": 0.0}]
        [example] = read([text], [message.get(LOCALE) or DEFAULT_LOCALE], self._finder, self._embed)
        odds = self._model.probabilities(example)
        best = odds.argsort()[::-1][:RANKED]
        return [{"name": self._model.labels[index], "confidence": float(odds[index])} for index in best]
