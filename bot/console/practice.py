"""Routes of the practice simulator. Every answer is marked as practice; only the audit keeps that it took place."""

from __future__ import annotations

import base64
import binascii
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, Field

from bot.console.cases import PhraseChoice
from bot.console.context import Caller, CaseWorker, Console, Here
from bot.console.phrases import Phrasebook
from bot.handover.practice import PracticeError, Progress, Script
from bot.records.audit import record_audit
from bot.records.crypto import UnreadableError

router = APIRouter(prefix="/practice", tags=["practice"])

LONGEST = timedelta(hours=8)
STATE_CHARACTERS = 8000


class Start(BaseModel):
    scenario: str = Field(max_length=40)
    locale: str = Field(max_length=16)


class Said(BaseModel):
    state: str = Field(max_length=STATE_CHARACTERS)
    text: str = Field(default="", max_length=5000)
    phrase: PhraseChoice | None = None


class End(BaseModel):
    state: str = Field(max_length=STATE_CHARACTERS)


@router.get("")
async def scenarios(here: Here, caller: CaseWorker) -> dict[str, Any]:
    script = _script(here)
    found = [{**asdict(item), "level": item.level.name} for item in script.scenarios.values()]
    return {"scenarios": found, "locales": list(script.lines)}


@router.post("/start")
async def start(here: Here, caller: CaseWorker, body: Start) -> dict[str, Any]:
    """The resident's first message, and the sealed state the page sends back with each step."""
    script = _script(here)
    if body.scenario not in script.scenarios or body.locale not in script.lines:
        raise HTTPException(422, "There is no such scenario or language.")
    progress = Progress(body.scenario, body.locale)
    await _note(here, caller, "practice.start", {"scenario": body.scenario, "locale": body.locale})
    return _view(here, caller, script, progress, "start", here.clock())


@router.post("/say")
async def say(here: Here, caller: CaseWorker, body: Said) -> dict[str, Any]:
    """One message of the trainee and the resident's scripted answer."""
    progress, begun = _opened(here, caller, body.state)
    script, book = _script(here), Phrasebook.load(here.settings.content_dir)
    text, group, beside = body.text.strip(), None, None
    if body.phrase is not None:
        try:
            content = book.body(body.phrase.id, body.phrase.slots, progress.locale)
        except KeyError as error:
            raise HTTPException(422, f"There is no phrase {error}.") from error
        text, group = content["parts"][0]["text"], book.groups[body.phrase.id]
        beside = content["original"]["text"] if content["original"] else None
    if not text:
        raise HTTPException(422, "Write a text or choose a phrase.")
    alike = {words: book.groups[key] for tag in {progress.locale, "ja"} for key, words in book.texts[tag].items()}
    steps, mistakes = script.notice(text, group, alike)
    key = script.answer(progress, steps, mistakes)
    view = _view(here, caller, script, progress, key, begun)
    return {**view, "said": {"text": text, "ja": beside}}


@router.post("/end")
async def end(here: Here, caller: CaseWorker, body: End) -> dict[str, Any]:
    """What was and was not said. Nothing of the talk is kept."""
    progress, _ = _opened(here, caller, body.state)
    script = _script(here)
    found = script.checklist(progress)
    said = sum(item["said"] for item in found["steps"])
    data = {"scenario": progress.scenario, "locale": progress.locale, "said": said, "of": len(found["steps"])}
    await _note(here, caller, "practice.end", data)
    return {"practice": True, **found}


def _view(
    here: Console, caller: Caller, script: Script, progress: Progress, key: str, begun: datetime
) -> dict[str, Any]:
    sealed = here.vault.own_box().seal(
        {"practice": asdict(progress), "staff": caller.id, "begun": begun.isoformat()},
    )
    japanese = script.line("ja", progress.scenario, key)
    words = script.line(progress.locale, progress.scenario, key)
    return {
        "practice": True,
        "scenario": progress.scenario,
        "locale": progress.locale,
        "state": base64.urlsafe_b64encode(sealed).decode("ascii"),
        "answer": {"text": words, "ja": None if progress.locale == "ja" else japanese},
    }


def _opened(here: Console, caller: Caller, state: str) -> tuple[Progress, datetime]:
    """The state of the caller's own practice. 409 when it is another's, too old, or not ours."""
    try:
        held = here.vault.own_box().open(base64.urlsafe_b64decode(state.encode("ascii")))
        if held["staff"] == caller.id:
            begun = datetime.fromisoformat(held["begun"])
            if here.clock() - begun < LONGEST:
                return Progress(**held["practice"]), begun
    except (UnreadableError, binascii.Error, ValueError, KeyError, TypeError):
        pass
    raise HTTPException(409, "This practice has ended. Begin a new one.")


def _script(here: Console) -> Script:
    try:
        return Script.load(here.settings.content_dir)
    except PracticeError as error:
        raise HTTPException(503, str(error)) from error


async def _note(here: Console, caller: Caller, action: str, data: dict[str, Any]) -> None:
    def work() -> None:
        with here.database.write() as session:
            record_audit(session, action, now=here.clock(), actor_id=caller.id, data=data)

    await here.database.run(work)
