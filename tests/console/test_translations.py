"""Machine translation helps staff, is marked on both sides, forgets with its message and never stands in the way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import func, select

from bot.app import console_beside
from bot.console.views import staff_events_after
from bot.gateway.context import Gateway
from bot.handover.translation import Translator
from bot.records.models import AuditEntry, Message, RiskAssessment
from bot.records.talk import Talk
from bot.settings import Settings, SettingsError
from tests.console.translation_service import TranslationService, serving
from tests.service import Page

pytestmark = pytest.mark.anyio

SOS = "Tôi muốn chết"


@pytest.fixture(scope="module")
def running() -> Iterator[TranslationService]:
    with serving() as service:
        yield service


@pytest.fixture
def provider(running: TranslationService, app: FastAPI) -> TranslationService:
    """Switched on, with a fresh memory."""
    running.asked, running.answer = [], 200
    settings = Settings(translation_url=running.url + "/", translation_api_key="k", translation_name="Loopback")
    app.state.translator = Translator.from_settings(settings)
    return running


async def held_case(page: Page, desk: Any) -> tuple[Any, str, str]:
    """A Vietnamese case, claimed: the counsellor, the case's id, the id of the resident's message."""
    await page.start(locale="vi")
    await page.send(SOS)
    counsellor = await desk("counsellor")
    case = (await counsellor.get("/cases")).json()["cases"][0]
    claimed = await counsellor.post(f"/cases/{case['id']}/claim", version=case["version"])
    assert claimed.status_code == 200
    message = next(item for item in page.messages() if item["author"] == "resident")
    return counsellor, case["id"], message["id"]


async def test_a_residents_message_is_shown_translated_beside_the_original(
    page: Page, desk: Any, gateway: Gateway, provider: TranslationService
) -> None:
    counsellor, case_id, message_id = await held_case(page, desk)
    with gateway.database.read() as session:
        flagged = session.scalar(select(func.count()).select_from(RiskAssessment))
    path = f"/cases/{case_id}/messages/{message_id}/translate"
    view = (await counsellor.post(path, to="ja")).json()["message"]
    assert view["parts"][0]["text"] == SOS
    assert view["translations"] == {"ja": f"[vi>ja] {SOS}"}
    assert provider.asked == [{"q": SOS, "source": "vi", "target": "ja", "format": "text", "api_key": "k"}]
    # Asked again it comes from the record, and every open console has it.
    assert (await counsellor.post(path, to="ja")).json()["message"] == view
    assert len(provider.asked) == 1
    kind, data = staff_events_after(console_beside(gateway), 0)[-1][1:]
    assert (kind, data["message"]["translations"]) == ("translation", view["translations"])
    assert all("translations" not in item for item in page.messages())
    with gateway.database.read() as session:
        assert session.scalar(select(func.count()).select_from(RiskAssessment)) == flagged
        assert session.scalars(select(AuditEntry).where(AuditEntry.action == "case.translate")).one()


async def test_a_reply_is_seen_translated_before_it_is_sent_and_marked_for_the_resident(
    page: Page, desk: Any, provider: TranslationService
) -> None:
    counsellor, case_id, _ = await held_case(page, desk)
    before = len(page.messages())
    preview = (await counsellor.post(f"/cases/{case_id}/translate", text="読みました。", source="ja")).json()
    assert preview["text"] == "[ja>vi] 読みました。"
    assert preview["back"] == "[vi>ja] [ja>vi] 読みました。"
    assert len(page.messages()) == before
    sent = await counsellor.post(
        f"/cases/{case_id}/messages", client_id="t", text="読みました。", translation=preview["text"]
    )
    assert sent.status_code == 202
    last = page.messages()[-1]
    assert last["translated"] is True
    assert last["parts"][0]["text"] == preview["text"]
    assert last["parts"][1]["text"].startswith("Đoạn trên do máy dịch")
    assert last["parts"][1]["text"].endswith("読みました。")
    detail = (await counsellor.get(f"/cases/{case_id}")).json()
    assert detail["messages"][-1]["original"]["text"] == "読みました。"


async def test_a_message_taken_back_takes_its_translation_with_it(
    page: Page, desk: Any, gateway: Gateway, provider: TranslationService
) -> None:
    counsellor, case_id, message_id = await held_case(page, desk)
    path = f"/cases/{case_id}/messages/{message_id}/translate"
    await counsellor.post(path, to="en")
    with gateway.database.write() as session:
        Talk(session, gateway.vault).erase(session.get_one(Message, message_id), now=gateway.clock())
    shown = [
        item for item in (await counsellor.get(f"/cases/{case_id}")).json()["messages"] if item["id"] == message_id
    ]
    assert shown[0]["erased"]
    assert "translations" not in shown[0]
    assert (await counsellor.post(path, to="ja")).status_code == 404
    assert len(provider.asked) == 1


async def test_a_failure_is_said_and_stops_no_message(page: Page, desk: Any, provider: TranslationService) -> None:
    counsellor, case_id, message_id = await held_case(page, desk)
    provider.answer = 500
    for path, body in (
        (f"/cases/{case_id}/messages/{message_id}/translate", {}),
        (f"/cases/{case_id}/translate", {"text": "x"}),
    ):
        answer = await counsellor.post(path, **body)
        assert (answer.status_code, answer.json()["error"]) == (502, "translation_refused")
        assert "500" in answer.json()["message"]
    sent = await counsellor.post(f"/cases/{case_id}/messages", client_id="f", text="こんにちは")
    assert sent.status_code == 202
    assert page.messages()[-1]["translated"] is False


async def test_without_a_provider_it_is_off_and_a_silent_one_is_named(page: Page, desk: Any, app: FastAPI) -> None:
    counsellor, case_id, message_id = await held_case(page, desk)
    assert (await counsellor.get("/translation")).json() == {"on": False, "provider": ""}
    answer = await counsellor.post(f"/cases/{case_id}/messages/{message_id}/translate")
    assert (answer.status_code, answer.json()["error"]) == (409, "translation_off")
    app.state.translator = Translator("http://127.0.0.1:9", timeout_s=2)
    answer = await counsellor.post(f"/cases/{case_id}/messages/{message_id}/translate")
    assert (answer.status_code, answer.json()["error"]) == (502, "translation_unreachable")


async def test_only_the_cases_counsellor_drafts_and_only_its_own_messages_are_read(
    page: Page, desk: Any, provider: TranslationService
) -> None:
    _, case_id, _ = await held_case(page, desk)
    second = await desk("second")
    assert (await second.post(f"/cases/{case_id}/translate", text="x")).status_code == 409
    assert (await second.post(f"/cases/{case_id}/messages/{'0' * 32}/translate")).status_code == 404
    assert provider.asked == []


async def test_each_locale_is_asked_for_by_a_name_the_provider_knows(provider: TranslationService) -> None:
    translator = Translator(provider.url)
    for locale, code in (("zh-Hans", "zh"), ("zh-Hant", "zt"), ("pt", "pt-BR"), ("ja-easy", "ja")):
        assert await translator.translate("x", locale, "en") == f"[{code}>en] x"
    with pytest.raises(Exception, match="does not know the language th"):
        await translator.translate("x", "th", "ja")


def test_an_address_that_cannot_be_called_stops_the_start() -> None:
    with pytest.raises(SettingsError, match="IROIRO_TRANSLATION_URL"):
        Settings.from_env({"IROIRO_TRANSLATION_URL": "localhost:5000"})
