"""Setting up and examining a LINE channel: webhook address, and one rich menu per locale under an alias of its own.

A menu cannot be changed once made, so setting up makes new ones, moves the aliases over, and deletes our old ones.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from linebot.v3.messaging import (
    ApiClient,
    ApiException,
    Configuration,
    CreateRichMenuAliasRequest,
    MessagingApi,
    MessagingApiBlob,
    RichMenuRequest,
    SetWebhookEndpointRequest,
    TestWebhookEndpointRequest,
    UpdateRichMenuAliasRequest,
)
from urllib3.exceptions import HTTPError

from bot.channels.line import menu_alias
from bot.channels.line_cards import LABEL_LIMIT, shortened
from bot.channels.line_pictures import HEIGHT, WIDTH, FontMissingError, Tile, bounds, menu
from bot.settings import Settings
from bot.vocabulary import DEFAULT_LOCALE, LOCALES

BAR_LIMIT = 14
OUR_MENUS = "iroiro "
TIMEOUT_S = 20
WEBHOOK_PATH = "/webhooks/line"

# Picture, key of the words, what a tap sends.
AREAS: tuple[tuple[str, str, str], ...] = (
    ("money", "menu_subsidy", '/menu{"menu_topic": "subsidy"}'),
    ("needle", "menu_immunisation", '/menu{"menu_topic": "immunisation"}'),
    ("house", "menu_childcare", '/menu{"menu_topic": "childcare"}'),
    ("pin", "menu_facility", "/find_facility"),
    ("phone", "menu_safety", "/line_hotlines"),
    ("person", "menu_person", "/want_person"),
    ("globe", "menu_language", "/change_language"),
    ("link", "line.menu_web", "/line_connect"),
)


class HasWords(Protocol):
    def text(self, locale: str, key: str, **data: Any) -> str: ...


class MenuError(RuntimeError):
    """LINE or this machine did not allow it. The message says what to do."""


@dataclass(frozen=True)
class Finding:
    """One thing that was examined."""

    well: bool
    what: str
    remedy: str = ""


def tiles(words: HasWords, locale: str) -> list[Tile]:
    return [Tile(picture, words.text(locale, key)) for picture, key, _ in AREAS]


def draw_all(words: HasWords) -> dict[str, bytes]:
    """Locale → its menu as PNG. Raises MenuError when a font is missing."""
    try:
        return {locale: menu(tiles(words, locale), locale) for locale in LOCALES}
    except FontMissingError as error:
        raise MenuError(str(error)) from None


def menu_request(words: HasWords, locale: str) -> dict[str, Any]:
    """The rich menu of a locale as LINE wants it."""
    areas = []
    for (x, y, width, height), (_, key, payload) in zip(bounds(len(AREAS)), AREAS, strict=True):
        label = words.text(locale, key)
        action = {"type": "postback", "label": shortened(label, LABEL_LIMIT), "data": payload, "displayText": label}
        areas.append({"bounds": {"x": x, "y": y, "width": width, "height": height}, "action": action})
    return {
        "size": {"width": WIDTH, "height": HEIGHT},
        "selected": True,
        "name": f"{OUR_MENUS}{locale}",
        "chatBarText": shortened(words.text(locale, "line.menu_bar"), BAR_LIMIT),
        "areas": areas,
    }


def set_up(settings: Settings, words: HasWords, say: Callable[[str], None]) -> None:
    """Webhook, menus, aliases, default menu. Raises MenuError. Running it again replaces our menus."""
    if not settings.line_channel_access_token:
        raise MenuError(
            "IROIRO_LINE_CHANNEL_ACCESS_TOKEN is not set. Issue a long-lived channel access token in the LINE developers "
            "console (Messaging API) and set it."
        )
    images = draw_all(words)
    with _clients(settings) as (api, blobs):
        try:
            old = [item.rich_menu_id for item in _menus(api) if item.name.startswith(OUR_MENUS)]
            aliases = {item.rich_menu_alias_id for item in _aliases(api)}
            for locale in LOCALES:
                made = api.create_rich_menu(
                    RichMenuRequest.from_dict(menu_request(words, locale)), _request_timeout=TIMEOUT_S
                ).rich_menu_id
                blobs.set_rich_menu_image(
                    made, body=images[locale], _headers={"Content-Type": "image/png"}, _request_timeout=TIMEOUT_S
                )
                alias = menu_alias(locale)
                if alias in aliases:
                    request = UpdateRichMenuAliasRequest(richMenuId=made)
                    api.update_rich_menu_alias(alias, request, _request_timeout=TIMEOUT_S)
                else:
                    new = CreateRichMenuAliasRequest(richMenuAliasId=alias, richMenuId=made)
                    api.create_rich_menu_alias(new, _request_timeout=TIMEOUT_S)
                if locale == DEFAULT_LOCALE:
                    api.set_default_rich_menu(made, _request_timeout=TIMEOUT_S)
                say(f"menu   {locale}")
            for menu_id in old:
                api.delete_rich_menu(menu_id, _request_timeout=TIMEOUT_S)
            if old:
                say(f"deleted {len(old)} earlier menus; residents get the new one with their next message")
            _set_webhook(settings, api, say)
        except ApiException as error:
            raise MenuError(_told(error)) from None
        except HTTPError as error:
            raise MenuError(f"{settings.line_api_url} cannot be reached ({type(error).__name__}).") from None


def _set_webhook(settings: Settings, api: MessagingApi, say: Callable[[str], None]) -> None:
    address = settings.public_url.rstrip("/") + WEBHOOK_PATH
    if not _may_be_called(address):
        say(f"webhook not set: LINE needs an https address, and IROIRO_PUBLIC_URL is {settings.public_url}")
        return
    api.set_webhook_endpoint(SetWebhookEndpointRequest(endpoint=address), _request_timeout=TIMEOUT_S)
    say(f"webhook {address}")


def _may_be_called(address: str) -> bool:
    """LINE calls https only; the simulator beside us also takes loopback."""
    return address.startswith(("https://", "http://127.0.0.1"))


def examine(settings: Settings) -> list[Finding]:
    """Everything that must be in place for LINE, most basic first; stops where nothing further can be seen."""
    found: list[Finding] = []
    if settings.line_channel_secret:
        found.append(Finding(True, "channel secret is set"))
    else:
        found.append(
            Finding(
                False, "channel secret is not set", "Set IROIRO_LINE_CHANNEL_SECRET (Basic settings of the channel)."
            )
        )
    if not settings.line_channel_access_token:
        remedy = "Set IROIRO_LINE_CHANNEL_ACCESS_TOKEN (Messaging API, channel access token)."
        return [*found, Finding(False, "access token is not set", remedy)]
    with _clients(settings) as (api, _):
        try:
            bot = api.get_bot_info(_request_timeout=TIMEOUT_S)
        except ApiException as error:
            return [*found, Finding(False, "access token is refused", _told(error))]
        except HTTPError as error:
            remedy = f"Check the network and IROIRO_LINE_API_URL ({settings.line_api_url}): {type(error).__name__}."
            return [*found, Finding(False, "LINE cannot be reached", remedy)]
        found.append(Finding(True, f"access token is accepted: {bot.display_name} ({bot.basic_id})"))
        if bot.chat_mode == "chat":
            remedy = "In LINE Official Account Manager, response settings: turn chat off and webhooks on."
            found.append(Finding(False, "the account is in chat mode, so webhooks are not sent", remedy))
        try:
            found += _webhook(settings, api)
            found += _menu_findings(api)
        except (ApiException, HTTPError) as error:
            told = _told(error) if isinstance(error, ApiException) else type(error).__name__
            found.append(Finding(False, "LINE stopped answering half way", told))
    return found


def _webhook(settings: Settings, api: MessagingApi) -> list[Finding]:
    wanted = settings.public_url.rstrip("/") + WEBHOOK_PATH
    try:
        endpoint = api.get_webhook_endpoint(_request_timeout=TIMEOUT_S)
    except ApiException as error:
        if error.status != 404:
            raise
        return [Finding(False, "no webhook address", "Set IROIRO_PUBLIC_URL and run `iroiro line setup`.")]
    found = []
    if endpoint.endpoint == wanted:
        found.append(Finding(True, f"webhook address is {wanted}"))
    else:
        remedy = "Run `iroiro line setup`, or correct IROIRO_PUBLIC_URL."
        found.append(Finding(False, f"webhook address is {endpoint.endpoint}, not {wanted}", remedy))
    if not endpoint.active:
        remedy = 'Turn on "Use webhook" in the LINE developers console, and "Webhook redelivery" with it.'
        found.append(Finding(False, "webhooks are turned off", remedy))
    test = api.test_webhook_endpoint(TestWebhookEndpointRequest(), _request_timeout=TIMEOUT_S)
    if test.success:
        found.append(Finding(True, "a test webhook was answered with 200"))
    elif test.status_code == 401:
        remedy = "IROIRO_LINE_CHANNEL_SECRET of the running service is not this channel's."
        found.append(Finding(False, "the service refuses LINE's signature", remedy))
    else:
        remedy = "Start the service, and see that the address reaches it from the internet with a valid certificate."
        found.append(Finding(False, f"a test webhook failed: {test.status_code} {test.reason}", remedy))
    return found


def _menu_findings(api: MessagingApi) -> list[Finding]:
    menus = {item.rich_menu_id for item in _menus(api)}
    aliases = {item.rich_menu_alias_id: item.rich_menu_id for item in _aliases(api)}
    missing = [locale for locale in LOCALES if aliases.get(menu_alias(locale)) not in menus]
    if missing:
        return [Finding(False, f"no rich menu in {', '.join(missing)}", "Run `iroiro line setup`.")]
    found = [Finding(True, f"a rich menu in each of {len(LOCALES)} languages")]
    try:
        api.get_default_rich_menu_id(_request_timeout=TIMEOUT_S)
    except ApiException as error:
        if error.status != 404:
            raise
        found.append(Finding(False, "no default rich menu", "Run `iroiro line setup`."))
    return found


def _menus(api: MessagingApi) -> list[Any]:
    return list(api.get_rich_menu_list(_request_timeout=TIMEOUT_S).richmenus)


def _aliases(api: MessagingApi) -> list[Any]:
    return list(api.get_rich_menu_alias_list(_request_timeout=TIMEOUT_S).aliases)


def _told(error: ApiException) -> str:
    if error.status == 401:
        return "LINE refuses the access token. Issue a new one and set IROIRO_LINE_CHANNEL_ACCESS_TOKEN."
    return f"LINE answered {error.status}: {str(error.body or '')[:200]}"


@contextlib.contextmanager
def _clients(settings: Settings) -> Iterator[tuple[MessagingApi, MessagingApiBlob]]:
    """The SDK's clients for messages and for contents."""
    token = settings.line_channel_access_token
    with (
        ApiClient(Configuration(access_token=token, host=settings.line_api_url)) as client,
        ApiClient(Configuration(access_token=token, host=settings.line_data_url)) as data,
    ):
        yield MessagingApi(client), MessagingApiBlob(data)
