"""Sending to LINE with its official SDK: reply while the token lives, push after, one retry key per message."""

from __future__ import annotations

from typing import Any

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

LOADING_S = 10
SEND_TIMEOUT_S = 10


class LineSender:
    """One channel's access to the Messaging API at `api_url`."""

    def __init__(self, access_token: str, api_url: str) -> None:
        configuration = Configuration(access_token=access_token, host=api_url)
        self._client = AsyncApiClient(configuration)
        self._api = AsyncMessagingApi(self._client)

    async def aclose(self) -> None:
        await self._client.close()

    async def push(self, user_id: str, messages: list[dict[str, Any]], retry_key: str) -> Sent:
        """Push with a retry key: LINE answers 409 when the same key was accepted before, which counts as sent."""
        request = PushMessageRequest.from_dict({"to": user_id, "messages": messages})
        call = self._api.push_message_with_http_info(
            request, x_line_retry_key=retry_key, _request_timeout=SEND_TIMEOUT_S
        )
        return await _outcome(call)

    async def reply(self, token: str, messages: list[dict[str, Any]]) -> Sent:
        """Reply without a retry key (LINE knows none here): only a clear refusal of the token allows a push after it."""
        request = ReplyMessageRequest.from_dict({"replyToken": token, "messages": messages})
        sent = await _outcome(self._api.reply_message_with_http_info(request, _request_timeout=SEND_TIMEOUT_S))
        if sent.verdict is Verdict.refused and "reply token" in sent.detail.lower():
            return Sent(Verdict.token_gone, sent.detail)
        return sent

    async def show_loading(self, user_id: str) -> None:
        """The three dots. Of no importance: failures are ignored."""
        request = ShowLoadingAnimationRequest(chatId=user_id, loadingSeconds=LOADING_S)
        await _outcome(self._api.show_loading_animation_with_http_info(request, _request_timeout=SEND_TIMEOUT_S))


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
    return Sent(Verdict.sent)
