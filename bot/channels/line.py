"""Talking to LINE with its official SDK: reply while the token lives, push after, one retry key per message."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any
from urllib.parse import quote

import aiohttp
from linebot.v3.messaging import (
    ApiException,
    AsyncApiClient,
    AsyncMessagingApi,
    Configuration,
    PushMessageRequest,
    ReplyMessageRequest,
    ShowLoadingAnimationRequest,
)

from bot.channels.delivery import Sent, Verdict

LOADING_S = 20
REPLY_TIMEOUT_S = 8
PUSH_TIMEOUT_S = 10
MEDIA_TIMEOUT_S = 60
CHUNK = 65_536


def menu_alias(locale: str) -> str:
    """Name under which a locale's rich menu is known to LINE."""
    return f"iroiro-{locale.lower()}"


class Fetch(Enum):
    """What became of fetching a resident's picture, voice or file."""

    stored = "stored"
    again = "again"
    """Not ready or not reachable: try later."""
    too_large = "too_large"
    gone = "gone"
    """LINE has it no more, or never had."""


@dataclass(frozen=True)
class Fetched:
    outcome: Fetch
    data: bytes = b""
    content_type: str = ""


class LineSender:
    """One channel's access to the Messaging API at `api_url`, and to its contents at `data_url`."""

    def __init__(self, access_token: str, api_url: str, data_url: str) -> None:
        self._client = AsyncApiClient(Configuration(access_token=access_token, host=api_url))
        self._api = AsyncMessagingApi(self._client)
        self._data_url = data_url.rstrip("/")
        self._http = aiohttp.ClientSession(
            headers={"Authorization": f"Bearer {access_token}"},
            timeout=aiohttp.ClientTimeout(total=MEDIA_TIMEOUT_S),
            trust_env=True,
        )

    async def aclose(self) -> None:
        await self._client.close()
        await self._http.close()

    async def push(self, user_id: str, messages: list[dict[str, Any]], retry_key: str) -> Sent:
        """Push with a retry key: LINE answers 409 when the same key was accepted before, which counts as sent."""
        try:
            request = PushMessageRequest.from_dict({"to": user_id, "messages": messages})
        except ValueError as error:
            return Sent(Verdict.refused, f"malformed {error}"[:180])
        call = self._api.push_message_with_http_info(
            request, x_line_retry_key=retry_key, _request_timeout=PUSH_TIMEOUT_S
        )
        return await _outcome(call)

    async def reply(self, token: str, messages: list[dict[str, Any]]) -> Sent:
        """Reply without a retry key (LINE knows none here): only a clear refusal of the token allows a push after it."""
        try:
            request = ReplyMessageRequest.from_dict({"replyToken": token, "messages": messages})
        except ValueError as error:
            return Sent(Verdict.refused, f"malformed {error}"[:180])
        sent = await _outcome(self._api.reply_message_with_http_info(request, _request_timeout=REPLY_TIMEOUT_S))
        if sent.verdict is Verdict.refused and "reply token" in sent.detail.lower():
            return Sent(Verdict.token_gone, sent.detail)
        return sent

    async def show_loading(self, user_id: str) -> None:
        """The three dots. Of no importance: failures are ignored."""
        request = ShowLoadingAnimationRequest(chatId=user_id, loadingSeconds=LOADING_S)
        await _outcome(self._api.show_loading_animation_with_http_info(request, _request_timeout=REPLY_TIMEOUT_S))

    async def link_menu(self, user_id: str, locale: str) -> bool:
        """Give this resident the rich menu of a locale. False when there is none or LINE did not take it."""
        try:
            found = await self._api.get_rich_menu_alias(menu_alias(locale), _request_timeout=REPLY_TIMEOUT_S)
        except (ApiException, aiohttp.ClientError, TimeoutError, OSError):
            return False
        call = self._api.link_rich_menu_id_to_user_with_http_info(
            user_id, found.rich_menu_id, _request_timeout=REPLY_TIMEOUT_S
        )
        return (await _outcome(call)).verdict is Verdict.sent

    async def leave(self, kind: str, place_id: str) -> None:
        """Leave a group or a room; failures are ignored."""
        if kind == "group":
            await _outcome(self._api.leave_group_with_http_info(place_id, _request_timeout=REPLY_TIMEOUT_S))
        else:
            await _outcome(self._api.leave_room_with_http_info(place_id, _request_timeout=REPLY_TIMEOUT_S))

    async def fetch_media(self, source_id: str, limit: int) -> Fetched:
        """The bytes of a picture, voice or file, read no further than `limit`."""
        # The SDK reads contents whole before anybody can look at their size, so this one call is made without it.
        address = f"{self._data_url}/v2/bot/message/{quote(source_id, safe='')}/content"
        try:
            async with self._http.get(address) as answer:
                return await _read(answer, limit)
        except (aiohttp.ClientError, TimeoutError, OSError):
            return Fetched(Fetch.again)


async def _read(answer: aiohttp.ClientResponse, limit: int) -> Fetched:
    if answer.status == 202 or answer.status == 429 or answer.status >= 500:
        return Fetched(Fetch.again)
    if answer.status != 200:
        return Fetched(Fetch.gone)
    if (answer.content_length or 0) > limit:
        return Fetched(Fetch.too_large)
    data = b""
    async for chunk in answer.content.iter_chunked(CHUNK):
        data += chunk
        if len(data) > limit:
            return Fetched(Fetch.too_large)
    return Fetched(Fetch.stored, data, answer.content_type)


async def _outcome(call: Any) -> Sent:
    try:
        await call
    except ApiException as error:
        status, detail = int(error.status or 0), str(error.body or "")[:180]
        if status == 409:
            return Sent(Verdict.sent, "accepted before")
        if status == 429 or status >= 500:
            return Sent(Verdict.again, f"{status}")
        return Sent(Verdict.refused, f"{status} {detail}")
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        return Sent(Verdict.again, type(error).__name__)
    except ValueError as error:
        # An answer that is not what the SDK expects: the message may have arrived.
        return Sent(Verdict.again, type(error).__name__)
    return Sent(Verdict.sent)
