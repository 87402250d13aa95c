"""The family services as a guided talk, for channels that have no screen of ours: buttons, and one question at a time.

Buttons carry all they need (`/family_dose <card> <vaccine>`), so an old one still works. Only a typed answer (a date, a number, a
code) needs to know what was asked: the last question is kept sealed for a few minutes, and anything else that is written ends it.
Runs before the dialogue; a second run of the same message changes nothing further.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime

import structlog

from bot.family.card import HEIGHT_LIMITS, WEIGHT_LIMITS, add_record, band_of, change, new_card, plan_of
from bot.family.cards import OWNER, CardError, Families
from bot.family.dates import FamilyInputError
from bot.family.growth import MEASURES, UNITS, milestones
from bot.family.words import FamilyWords
from bot.gateway.context import Gateway
from bot.gateway.family_messages import OPEN, STOP
from bot.gateway.family_steps import Choice, FamilySteps, choice
from bot.language.entities import EntityFinder
from bot.records.family_models import Family
from bot.turn import Turn
from bot.vocabulary import LOCALES, WARDS, Outcome, RiskLevel

log = structlog.get_logger(__name__)

WEIGHING = ("height", "weight_before", "weight_now")
"""What the weight curve of a pregnancy is asked for, in this order; the first two once."""

FIRST_TIMES_OFFERED = 11
DOSES_OFFERED = 10
NUMBER = re.compile(r"^\D{0,12}?(\d{1,5}(?:[.,]\d{1,2})?)\s*(?:kg|cm|㎏|㎝)?\D{0,6}$")


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
            talk.say("myfamily.failed", choices=(choice(OPEN, "title"),))
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


class _FamilyTalk(FamilySteps):
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

    # ── what is asked and answered by typing ────────────────────────────────────────────────────────────────────────

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
        elif what in ("value", *WEIGHING) and (number := NUMBER.match(text)):
            value = number[1].replace(",", ".")
            self.measured([*given, value]) if what == "value" else self._weighed(what, given[0], value)
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
            self.say(f"myfamily.{key}", (choice("/family_join", "label_join"), choice(OPEN, "title")))
            return
        self.picture_of(opened)
        self.below(opened)

    # ── buttons ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def menu(self, given: list[str] | None = None) -> None:
        if self.families.get(self.me) is None:
            self.keep([])
            return
        cards = self.families.cards(self.me)
        if given or len(cards) == 1:
            self.below(self.opened(given) if given else cards[0])
        elif cards:
            choices = tuple(
                (f"{OPEN} {opened.card.id}", "myfamily.talk_which_one", {"name": self.name_of(opened)})
                for opened in cards
            )
            self.say("myfamily.talk_which", (*choices, *self.general()))
        else:
            self.say("myfamily.add", (choice("/family_add", "add"), choice("/family_join", "label_join")))

    def keep(self, given: list[str]) -> None:
        if self.families.get(self.me) is not None:
            self.ward(given) if given else self.menu()
            return
        yes = f"/family_yes {given[0]}" if given else "/family_yes"
        self.say("myfamily.talk_consent", (choice(yes, "agree"), choice("/menu", "no_thanks")))

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
        self.say("myfamily.talk_ward", (*wards, choice(f"/family_card {given[0]}", "talk_skip")))

    def card(self, given: list[str]) -> None:
        born, ward = given[0], given[1] if len(given) > 1 else None
        field = "due_date" if date.fromisoformat(born) > self.today else "birthdate"
        family = self.families.need(self.me)
        known = next(
            (one for one in self.families.cards(self.me) if one.role == OWNER and one.body.get(field) == born), None
        )
        opened = known or self.families.add(family, new_card({field: born, "ward": ward}, self.today, self.content))
        self.say("myfamily.talk_made")
        self.picture_of(opened)
        self.below(opened)

    def picture(self, given: list[str]) -> None:
        opened = self.opened(given)
        self.picture_of(opened)
        self.below(opened)

    def given(self, given: list[str]) -> None:
        opened = self.opened(given, write=True)
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
            self.say("family.plan_nothing_now", self.doable(opened))
            return
        self.say("myfamily.talk_given", (*choices, choice(f"{OPEN} {opened.card.id}", "cancel")))

    def dose(self, given: list[str]) -> None:
        opened = self.opened(given, write=True)
        today = {"kind": "dose", "vaccine": given[1], "on": self.today.isoformat()}
        try:
            written = add_record(opened.body, today, self.today, self.content)
        except FamilyInputError:
            self.below(opened)  # tapped twice
            return
        self.families.save(opened)
        vaccine = FamilyWords.load(self.turn.locale, self.content).vaccine(str(written.data["vaccine"]))
        self.say("family.dose_marked", vaccine=vaccine, date=self.today.isoformat())
        self.picture_of(opened)
        self.below(opened)

    def growth(self, given: list[str]) -> None:
        opened = self.opened(given, write=True)
        choices: tuple[Choice, ...] = tuple(
            (f"/family_measure {opened.card.id} {name}", f"family.growth_{name}", {}) for name in MEASURES
        )
        self.say("myfamily.growth_kind", choices)

    def measure(self, given: list[str]) -> None:
        opened = self.opened(given, write=True)
        measure = {"key": f"family.growth_{given[1]}"}
        self.wait_for("value", opened.card.id, given[1])
        self.say("myfamily.talk_value", measure=measure, unit=UNITS[given[1]])

    def measured(self, given: list[str]) -> None:
        """card, measure, value and perhaps `yes`: the surprising number is right."""
        opened = self.opened(given, write=True)
        record = {"kind": "measurement", "measure": given[1], "value": given[2], "confirmed": given[3:] == ["yes"]}
        today = self.today.isoformat()
        same = {"measure": given[1], "value": float(given[2]), "on": today}
        if any({key: item[key] for key in same} == same for item in opened.body["measurements"]):
            self.below(opened)  # tapped twice
            return
        written = add_record(opened.body, record, self.today, self.content)
        data = {**written.data, "measure": {"key": f"family.growth_{given[1]}"}}
        if written.ask:
            again = f"/family_measured {' '.join(given[:3])} yes"
            back = f"/family_measure {given[0]} {given[1]}"
            self.say(f"family.{written.reply}", (choice(again, "yes_right"), choice(back, "no_correct")), **data)
        elif not written.keep:
            self.wait_for("value", *given[:2])
            self.say(f"family.{written.reply}", **data)
        else:
            self.families.save(opened)
            self.say(f"family.{written.reply}", **data)
            self.picture_of(opened, given[1])
            self.below(opened)

    def first_time(self, given: list[str]) -> None:
        """card and perhaps which: from a list too long for LINE's thirteen buttons, so `more` shows the rest."""
        opened = self.opened(given, write=True)
        known, had = milestones(self.content), {item["milestone"] for item in opened.body["milestones"]}
        name = given[1] if len(given) > 1 else ""
        if name not in known:
            left = [one for one in known if one not in had or one == "own"]
            shown = left[FIRST_TIMES_OFFERED:] if name == "more" else left[:FIRST_TIMES_OFFERED]
            choices: tuple[Choice, ...] = tuple(
                (f"/family_first {opened.card.id} {one}", f"family.milestone_{one}", {}) for one in shown
            )
            more: tuple[Choice, ...] = ((f"/family_first {opened.card.id} more", "menu_more", {}),)
            rest = more if name != "more" and len(left) > FIRST_TIMES_OFFERED else ()
            self.say("myfamily.talk_milestone", (*choices, *rest, choice(f"{OPEN} {opened.card.id}", "cancel")))
            return
        record = {"kind": "milestone", "milestone": name, "on": self.today.isoformat()}
        if not any(item["milestone"] == name and item["on"] == record["on"] for item in opened.body["milestones"]):
            add_record(opened.body, record, self.today, self.content)
            self.families.save(opened)
        first = {"key": f"family.milestone_{name}"}
        self.say("family.milestone_saved", milestone=first, date=self.today.isoformat())
        self.below(opened)

    def weigh(self, given: list[str]) -> None:
        """A pregnancy's weight. Before the first one, height and weight before the pregnancy, for the recommended band."""
        opened = self.opened(given, write=True)
        known = {"height": opened.body["height_cm"], "weight_before": opened.body["weight_kg"]}
        asked = next((name for name in WEIGHING if known.get(name) is None), "weight_now")
        if opened.role != OWNER:
            asked = "weight_now"  # height and weight before are the owner's to write, as on the page
        if asked == "height":
            self.say("myfamily.weight_first")
        self.wait_for(asked, opened.card.id)
        self.say(f"myfamily.{asked}")

    def _weighed(self, what: str, card: str, value: str) -> None:
        opened = self.opened([card], write=True)
        if what == "weight_now":
            written = add_record(opened.body, {"kind": "weight", "value": value}, self.today, self.content)
            self.say(f"family.{written.reply}", **{**written.data, "measure": {"key": "family.growth_weight"}})
            if not written.keep:
                self.wait_for(what, card)
                return
            self.families.save(opened)
            if band_of(opened.body, self.content):
                self.picture_of(opened, "pregnancy")
            self.below(opened)
            return
        field, (low, high), unit = ("height_cm", HEIGHT_LIMITS, "cm")
        if what == "weight_before":
            field, (low, high), unit = ("weight_kg", WEIGHT_LIMITS, "kg")
        if not low <= float(value) <= high:
            measure = {"key": "family.growth_height" if unit == "cm" else "family.growth_weight"}
            self.say("family.growth_refused", measure=measure, low=f"{low:g}", high=f"{high:g}", unit=unit)
            self.wait_for(what, card)
            return
        change(opened.body, {field: float(value)}, self.today)
        self.families.save(opened)
        self.weigh([card])

    def remind(self, given: list[str]) -> None:
        family = self.families.need(self.me)
        family.reminders_on = True
        self.families.look_again(family)
        self.say("myfamily.talk_reminders_on", (choice(OPEN, "title"),), hour=self.families.choices(family).send_hour)

    def notify(self, given: list[str]) -> None:
        self.families.need(self.me).notices_on = True
        self.say("myfamily.talk_notices_on", (choice(OPEN, "title"),))

    def stop(self, given: list[str]) -> None:
        family = self.families.get(self.me)
        if family is not None:
            family.reminders_on = False
            self.families.look_again(family)
        self.say("myfamily.stopped", (choice(OPEN, "title"),))

    def share(self, given: list[str]) -> None:
        opened = self.families.card(self.me, given[0], own=True)
        if len(given) < 2:
            choices = tuple(
                choice(f"/family_share {opened.card.id} {role}", f"share_{role}") for role in ("read", "write")
            )
            self.say("myfamily.sharing_about", choices)
            return
        _, code = self.families.share(opened, given[1], "")
        self.say("myfamily.talk_code", self.doable(opened), code=code)

    def join(self, given: list[str]) -> None:
        if self.families.get(self.me) is None:
            self.say("myfamily.talk_consent", (choice("/family_join_yes", "agree"), choice("/menu", "no_thanks")))
            return
        self.wait_for("code")
        self.say("myfamily.talk_join")

    def join_agreed(self, given: list[str]) -> None:
        self.families.agree(self.me)
        self.join([])

    def delete(self, given: list[str]) -> None:
        self.say("myfamily.delete_sure", (choice("/family_forget", "delete_yes"), choice(OPEN, "cancel")))

    def forget(self, given: list[str]) -> None:
        self.families.forget(self.me)
        self.say("myfamily.deleted")


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
    "/family_first": _FamilyTalk.first_time,
    "/family_weigh": _FamilyTalk.weigh,
    "/family_remind": _FamilyTalk.remind,
    "/family_notify": _FamilyTalk.notify,
    "/family_share": _FamilyTalk.share,
    "/family_join": _FamilyTalk.join,
    "/family_join_yes": _FamilyTalk.join_agreed,
    "/family_delete": _FamilyTalk.delete,
    "/family_forget": _FamilyTalk.forget,
}
