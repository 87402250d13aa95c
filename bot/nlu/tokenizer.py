"""Graph component that cuts text into words the way its locale does."""

from __future__ import annotations

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message

from bot.language import tokenise
from bot.nlu.locale_reader import LOCALE, LocaleReader
from bot.vocabulary import DEFAULT_LOCALE


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class MultilingualTokenizer(Tokenizer):
    """Tokens of `bot.language.tokenise`; `lemma` holds the normal form, so "予防接種を" and "予防接種" are one word."""

    @classmethod
    def required_components(cls) -> list[type]:
        return [LocaleReader]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_", "token_pattern": None}

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        text = message.get(attribute)
        tokens = tokenise.tokenise(text, message.get(LOCALE) or DEFAULT_LOCALE)
        return [Token(token.text, token.start, token.end, lemma=token.normal) for token in tokens]
