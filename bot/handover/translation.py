"""Machine translation for staff through a LibreTranslate-compatible service. Off unless an address is set.

Only the text goes there, never who wrote it. It is an aid for people: the safety gate reads what a resident wrote and
nothing else, and whatever goes wrong here is said to the counsellor and stops no message.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import httpx

from bot.settings import Settings

LANGUAGES_KEPT_S = 600.0
ANSWER_CHARACTERS = 20_000
CODES: dict[str, tuple[str, ...]] = {
    "ja-easy": ("ja",),
    "zh-Hans": ("zh-Hans", "zh", "zh-CN"),
    "zh-Hant": ("zh-Hant", "zt", "zh-TW"),
    "pt": ("pt-BR", "pt", "pb"),
    "tl": ("tl", "fil"),
}
"""What a provider may call a locale, the most fitting first. Locales not listed have one name everywhere."""


class TranslationError(Exception):
    """No translation. `code` is off, unsupported, unreachable or refused; the message says it in a sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def same_language(one: str, other: str) -> bool:
    """Whether two locales need no translation between them: やさしい日本語 is Japanese."""
    return CODES.get(one, (one,))[0] == CODES.get(other, (other,))[0]


@dataclass
class Translator:
    """One provider. `name` is shown beside every translation."""

    url: str
    api_key: str = ""
    name: str = ""
    timeout_s: float = 10.0
    _known: set[str] = field(default_factory=set)
    _known_at: float = float("-inf")

    @classmethod
    def from_settings(cls, settings: Settings) -> Translator | None:
        """None while translation is off."""
        if not settings.translation_url:
            return None
        return cls(
            settings.translation_url.rstrip("/"),
            settings.translation_api_key,
            settings.translation_name,
            settings.translation_timeout_s,
        )

    async def translate(self, text: str, source: str, target: str) -> str:
        """`text` of locale `source` in locale `target`. Raises TranslationError."""
        async with httpx.AsyncClient(timeout=self.timeout_s, trust_env=False) as http:
            known = await self._languages(http)
            body = {"q": text, "source": _code(source, known), "target": _code(target, known), "format": "text"}
            answer = await self._call(http, "POST", "/translate", {**body, **self._key()})
        words = answer.get("translatedText") if isinstance(answer, dict) else None
        if not isinstance(words, str) or not words.strip() or len(words) > ANSWER_CHARACTERS:
            raise TranslationError("refused", "The translation service gave no usable text.")
        return words

    async def _languages(self, http: httpx.AsyncClient) -> set[str]:
        if time.monotonic() - self._known_at > LANGUAGES_KEPT_S:
            listed = await self._call(http, "GET", "/languages", None)
            codes = {str(item.get("code")) for item in listed if isinstance(item, dict)} if listed else set()
            self._known, self._known_at = codes, time.monotonic()
        return self._known

    async def _call(self, http: httpx.AsyncClient, method: str, path: str, body: dict[str, str] | None) -> Any:
        try:
            answer = await http.request(method, self.url + path, json=body)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise TranslationError("unreachable", "The translation service does not answer.") from error
        if answer.status_code != 200:
            raise TranslationError("refused", f"The translation service answered {answer.status_code}.")
        try:
            return answer.json()
        except ValueError as error:
            raise TranslationError("refused", "The translation service gave no usable answer.") from error

    def _key(self) -> dict[str, str]:
        return {"api_key": self.api_key} if self.api_key else {}


def _code(locale: str, known: set[str]) -> str:
    for code in CODES.get(locale, (locale,)):
        if code in known:
            return code
    raise TranslationError("unsupported", f"The translation service does not know the language {locale}.")
