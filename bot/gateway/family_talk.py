"""The family services as a guided talk, for channels that have no screen of ours: buttons, and one question at a time.

Buttons carry all they need (`/family_dose <card> <vaccine>`), so an old one still works. Only a typed answer (a date, a number, a
code) needs to know what was asked: the last question is kept sealed for WAIT_MINUTES, and anything else that is written ends it.
Runs before the dialogue; a second run of the same message changes nothing further.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import structlog

from bot.family.card import add_record, new_card, plan_of
from bot.family.cards import OWNER, CardError, Families, OpenCard
from bot.family.dates import FamilyInputError
from bot.family.growth import MEASURES, UNITS
from bot.family.words import FamilyWords
from bot.gateway.context import Gateway
from bot.gateway.family_messages import OPEN, STOP, picture_link
from bot.language.entities import EntityFinder
from bot.records.family_models import Family
from bot.reply.dates import long_date
from bot.reply.schedule import schedule_lines
from bot.turn import Reply, Turn
from bot.vocabulary import LOCALES, WARDS, Outcome, RiskLevel

log = structlog.get_logger(__name__)

WAIT_MINUTES = 15
DOSES_OFFERED = 10
NUMBER = re.compile(r"^\D{0,12}?(\d{1,5}(?:[.,]\d{1,2})?)\s*(?:kg|cm|㎏|㎝)?\D{0,6}$")

Choice = tuple[str, str, dict[str, Any]]


def answer(gateway: Gateway, turn: Turn) -> bool:
    """Answer the turn if it belongs to this talk. Blocking. False when it does not, or failed: then others answer."""
    try:
        return _answer(gateway, turn)
    except Exception:
        log.exception("family_talk_failed")
        turn.replies.clear()
        turn.outcome = None
        return False


def _answer(gateway: Gateway, turn: Turn) -> bool:
    if turn.ended or (turn.assessment is not None and turn.assessment.level >= RiskLevel.concern):
        return False
    if not _concerns(gateway, turn):
        return False
    with gateway.database.write() as session:
        talk = _FamilyTalk(gateway, Families(session, gateway.vault, gateway.clock()), turn)
        try:
            return talk.answer()
        except (CardError, FamilyInputError):
            talk.say("myfamily.failed", choices=(_choice(OPEN, "title"),))
            return True


def _concerns(gateway: Gateway, turn: Turn) -> bool:
    """A look without a lock: most messages are none of this talk's."""
    if turn.payload:
        return turn.payload.split(" ")[0] in COMMANDS
    if _is_title(gateway, turn.text):
        return True
    with gateway.database.read() as session:
        family = session.get(Family, turn.conversation_id)
        return family is not None and family.waiting_enc is not None


def _is_title(gateway: Gateway, text: str) -> bool:
    said = text.strip().casefold()
    return 0 < len(said) <= 40 and any(
        said == gateway.words.text(locale, "myfamily.title").casefold() for locale in LOCALES
    )


def _choice(payload: str, key: str, **data: Any) -> Choice:
    return payload, f"myfamily.{key}", data


class _FamilyTalk:
    def __init__(self, gateway: Gateway, families: Families, turn: Turn) -> None:
        self.gateway, self.families, self.turn = gateway, families, turn
        self.me = turn.conversation_id
        self.today = gateway.today()
        self.content = gateway.settings.content_dir

    def answer(self) -> bool:
        name, *given = (self.turn.payload or "-").split()
        if name in COMMANDS:
            COMMANDS[name](self, given)
        elif not self.turn.payload and _is_title(self.gateway, self.turn.text):
            self.menu()
        elif self.turn.payload or not self._typed():
            return False
        self.turn.outcome = self.turn.outcome or Outcome.answered
        return True

    def say(self, key: str, choices: tuple[Choice, ...] = (), *, input: str | None = None, **data: Any) -> None:
        self.turn.replies.append(Reply(key, data, choices, input))
        self.turn.outcome = Outcome.answered

    # ── what is asked and answered by typing ────────────────────────────────────────────────────────────────────────

    def wait_for(self, what: str, *given: str) -> None:
        family = self.families.need(self.me)
        until = (self.families.now + timedelta(minutes=WAIT_MINUTES)).isoformat()
        family.waiting_enc = self.families.box(family).seal([what, list(given), until])

    def _typed(self) -> bool:
        family = self.families.get(self.me)
        if family is None or family.waiting_enc is None:
            return False
        what, given, until = self.families.box(family).open(family.waiting_enc)
        family.waiting_enc = None
        text = self.turn.text.strip()
        if datetime.fromisoformat(until) < self.families.now:
            return False
        if what == "birthdate" and (day := self._day(text)):
            self.ward([day])
        elif what == "code" and len(text) <= 20:
            self._join(text)
        elif what == "value" and (number := NUMBER.match(text)):
            self.measured([*given, number[1].replace(",", ".")])
        else:
            return False
        return True

    def _day(self, text: str) -> str | None:
        found = EntityFinder.load(self.content).find(text, self.turn.locale)
        return next((item.value for item in found if item.kind == "date" and len(item.value) == 10), None)

    def _join(self, code: str) -> None:
        try:
            opened = self.families.join(self.me, code)
        except CardError as error:
            key = "join_own" if error.code == "own_card" else "join_wrong"
            self.say(f"myfamily.{key}", (_choice("/family_join", "label_join"), _choice(OPEN, "title")))
            return
        self._picture(opened)
        self._below(opened)

    # ── buttons ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def menu(self, given: list[str] | None = None) -> None:
        if self.families.get(self.me) is None:
            self.keep([])
            return
        cards = self.families.cards(self.me)
        if given or len(cards) == 1:
            self._below(self._card(given) if given else cards[0])
        elif cards:
            choices = tuple(
                (f"{OPEN} {opened.card.id}", "myfamily.talk_which_one", {"name": self._name(opened)})
                for opened in cards
            )
            self.say("myfamily.talk_which", (*choices, *self._general()))
        else:
            self.say("myfamily.add", (_choice("/family_add", "add"), _choice("/family_join", "label_join")))

    def keep(self, given: list[str]) -> None:
        if self.families.get(self.me) is not None:
            self.ward(given) if given else self.menu()
            return
        yes = f"/family_yes {given[0]}" if given else "/family_yes"
        self.say("myfamily.talk_consent", (_choice(yes, "agree"), _choice("/menu", "no_thanks")))

    def agreed(self, given: list[str]) -> None:
        self.families.agree(self.me)
        self.ward(given) if given else self.add([])

    def add(self, given: list[str]) -> None:
        self.wait_for("birthdate")
        self.say("myfamily.talk_birthdate", input="date")

    def ward(self, given: list[str]) -> None:
        wards: tuple[Choice, ...] = tuple(
            (f"/family_card {given[0]} {ward}", f"widget.ward_{ward}", {}) for ward in WARDS
        )
        self.say("myfamily.talk_ward", (*wards, _choice(f"/family_card {given[0]}", "talk_skip")))

    def card(self, given: list[str]) -> None:
        born, ward = given[0], given[1] if len(given) > 1 else None
        field = "due_date" if date.fromisoformat(born) > self.today else "birthdate"
        family = self.families.need(self.me)
        known = next(
            (one for one in self.families.cards(self.me) if one.role == OWNER and one.body.get(field) == born), None
        )
        opened = known or self.families.add(family, new_card({field: born, "ward": ward}, self.today, self.content))
        self.say("myfamily.talk_made")
        self._picture(opened)
        self._below(opened)

    def picture(self, given: list[str]) -> None:
        opened = self._card(given)
        self._picture(opened)
        self._below(opened)

    def given(self, given: list[str]) -> None:
        opened = self._card(given, write=True)
        words = FamilyWords.load(self.turn.locale, self.content)
        entries = [
            entry
            for entry in plan_of(opened.body, self.today, self.content)["immunisation"]
            if entry["best"] and entry["status"] in ("due", "available", "check")
        ]
        choices = tuple(
            (
                f"/family_dose {opened.card.id} {entry['vaccine']}",
                "myfamily.talk_which_one",
                {"name": f"{words.vaccine(entry['vaccine'])} {words.dose(str(entry.get('dose') or '1'))}"},
            )
            for entry in entries[:DOSES_OFFERED]
        )
        if not choices:
            self.say("family.plan_nothing_now", self._of(opened))
            return
        self.say("myfamily.talk_given", (*choices, _choice(f"{OPEN} {opened.card.id}", "cancel")))

    def dose(self, given: list[str]) -> None:
        opened = self._card(given, write=True)
        today = {"kind": "dose", "vaccine": given[1], "on": self.today.isoformat()}
        try:
            written = add_record(opened.body, today, self.today, self.content)
        except FamilyInputError:
            self._below(opened)  # tapped twice
            return
        self.families.save(opened)
        vaccine = FamilyWords.load(self.turn.locale, self.content).vaccine(str(written.data["vaccine"]))
        self.say("family.dose_marked", vaccine=vaccine, date=self.today.isoformat())
        self._picture(opened)
        self._below(opened)

    def growth(self, given: list[str]) -> None:
        opened = self._card(given, write=True)
        choices: tuple[Choice, ...] = tuple(
            (f"/family_measure {opened.card.id} {name}", f"family.growth_{name}", {}) for name in MEASURES
        )
        self.say("myfamily.growth_kind", choices)

    def measure(self, given: list[str]) -> None:
        opened = self._card(given, write=True)
        measure = {"key": f"family.growth_{given[1]}"}
        self.wait_for("value", opened.card.id, given[1])
        self.say("myfamily.talk_value", measure=measure, unit=UNITS[given[1]])

    def measured(self, given: list[str]) -> None:
        """card, measure, value and perhaps `yes`: the surprising number is right."""
        opened = self._card(given, write=True)
        record = {"kind": "measurement", "measure": given[1], "value": given[2], "confirmed": given[3:] == ["yes"]}
        today = self.today.isoformat()
        same = {"measure": given[1], "value": float(given[2]), "on": today}
        if any({key: item[key] for key in same} == same for item in opened.body["measurements"]):
            self._below(opened)  # tapped twice
            return
        written = add_record(opened.body, record, self.today, self.content)
        data = {**written.data, "measure": {"key": f"family.growth_{given[1]}"}}
        if written.ask:
            again = f"/family_measured {' '.join(given[:3])} yes"
            back = f"/family_measure {given[0]} {given[1]}"
            self.say(f"family.{written.reply}", (_choice(again, "yes_right"), _choice(back, "no_correct")), **data)
        elif not written.keep:
            self.wait_for("value", *given[:2])
            self.say(f"family.{written.reply}", **data)
        else:
            self.families.save(opened)
            self.say(f"family.{written.reply}", **data)
            self._picture(opened, given[1])
            self._below(opened)

    def remind(self, given: list[str]) -> None:
        family = self.families.need(self.me)
        family.reminders_on = True
        self.families.look_again(family)
        self.say("myfamily.talk_reminders_on", (_choice(OPEN, "title"),), hour=self.families.choices(family).send_hour)

    def notify(self, given: list[str]) -> None:
        self.families.need(self.me).notices_on = True
        self.say("myfamily.talk_notices_on", (_choice(OPEN, "title"),))

    def stop(self, given: list[str]) -> None:
        family = self.families.get(self.me)
        if family is not None:
            family.reminders_on = False
            self.families.look_again(family)
        self.say("myfamily.stopped", (_choice(OPEN, "title"),))

    def share(self, given: list[str]) -> None:
        opened = self.families.card(self.me, given[0], own=True)
        if len(given) < 2:
            choices = tuple(
                _choice(f"/family_share {opened.card.id} {role}", f"share_{role}") for role in ("read", "write")
            )
            self.say("myfamily.sharing_about", choices)
            return
        _, code = self.families.share(opened, given[1], "")
        self.say("myfamily.talk_code", self._of(opened), code=code)

    def join(self, given: list[str]) -> None:
        if self.families.get(self.me) is None:
            self.say("myfamily.talk_consent", (_choice("/family_join_yes", "agree"), _choice("/menu", "no_thanks")))
            return
        self.wait_for("code")
        self.say("myfamily.talk_join")

    def join_agreed(self, given: list[str]) -> None:
        self.families.agree(self.me)
        self.join([])

    def delete(self, given: list[str]) -> None:
        self.say("myfamily.delete_sure", (_choice("/family_forget", "delete_yes"), _choice(OPEN, "cancel")))

    def forget(self, given: list[str]) -> None:
        self.families.forget(self.me)
        self.say("myfamily.deleted")

    # ────────────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _card(self, given: list[str] | None, *, write: bool = False) -> OpenCard:
        if not given:
            raise CardError("no_card", "The button names no card.")
        return self.families.card(self.me, given[0], write=write)

    def _name(self, opened: OpenCard) -> str:
        key = "family.child_unnamed" if opened.body["kind"] == "child" else "myfamily.pregnancy_unnamed"
        return opened.body["name"] or self.gateway.words.text(self.turn.locale, key)

    def _below(self, opened: OpenCard) -> None:
        self.say("myfamily.talk_menu", self._of(opened), name=self._name(opened))

    def _of(self, opened: OpenCard) -> tuple[Choice, ...]:
        """What can be done with one card. LINE shows thirteen at most."""
        card, choices = opened.card.id, []
        if opened.body["kind"] == "child":
            choices.append(_choice(f"/family_picture {card}", "label_picture"))
        if opened.may_write:
            choices.append(_choice(f"/family_given {card}", "label_given"))
            if opened.body["kind"] == "child":
                choices.append(_choice(f"/family_growth {card}", "label_growth"))
        if opened.role == OWNER:
            choices.append(_choice(f"/family_share {card}", "label_share"))
        return (*choices, *self._general())

    def _general(self) -> tuple[Choice, ...]:
        family = self.families.need(self.me)
        return (
            _choice(STOP, "stop") if family.reminders_on else _choice("/family_remind", "label_reminders"),
            *(() if family.notices_on else (_choice("/family_notify", "label_notices"),)),
            _choice("/family_add", "add"),
            _choice("/family_join", "label_join"),
            _choice("/family_delete", "label_delete"),
        )

    def _picture(self, opened: OpenCard, name: str = "timeline") -> None:
        """A picture, with the plan as text for channels and eyes that cannot show it. A pregnancy has the text alone."""
        locale, words = self.turn.locale, self.gateway.words
        plan = plan_of(opened.body, self.today, self.content)
        if opened.body["kind"] == "pregnancy":
            days = [long_date(date.fromisoformat(visit["about"]), locale) for visit in plan["checkups"][:4]]
            visits = words.text(locale, "family.checkup_pregnancy_visits")
            self.say("myfamily.talk_which_one", name="\n".join(f"{visits}: {day}" for day in days))
            return
        if name == "timeline":
            alt = "\n".join(schedule_lines(plan, words, locale))
        else:
            measure = words.text(locale, f"family.growth_{name}")
            alt = words.text(locale, "myfamily.picture_of", measure=measure)
        link = picture_link(self.gateway, self.me, opened.card.id, name, locale)
        if self.turn.channel != "web":
            link = self.gateway.settings.public_url + link
        self.turn.replies.append(Reply("image", {"url": link, "alt": alt}))


COMMANDS: dict[str, Callable[[_FamilyTalk, list[str]], None]] = {
    OPEN: _FamilyTalk.menu,
    STOP: _FamilyTalk.stop,
    "/family_keep": _FamilyTalk.keep,
    "/family_yes": _FamilyTalk.agreed,
    "/family_add": _FamilyTalk.add,
    "/family_card": _FamilyTalk.card,
    "/family_picture": _FamilyTalk.picture,
    "/family_given": _FamilyTalk.given,
    "/family_dose": _FamilyTalk.dose,
    "/family_growth": _FamilyTalk.growth,
    "/family_measure": _FamilyTalk.measure,
    "/family_measured": _FamilyTalk.measured,
    "/family_remind": _FamilyTalk.remind,
    "/family_notify": _FamilyTalk.notify,
    "/family_share": _FamilyTalk.share,
    "/family_join": _FamilyTalk.join,
    "/family_join_yes": _FamilyTalk.join_agreed,
    "/family_delete": _FamilyTalk.delete,
    "/family_forget": _FamilyTalk.forget,
}
