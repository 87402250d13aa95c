"""What every step of the guided talk of families uses: the card meant, what can be done with it, pictures, a question's answer awaited."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from bot.family.card import plan_of
from bot.family.cards import OWNER, CardError, Families, OpenCard
from bot.gateway.context import Gateway
from bot.gateway.family_messages import STOP, picture_link
from bot.reply.dates import long_date
from bot.reply.schedule import schedule_lines
from bot.turn import Reply, Turn
from bot.vocabulary import Outcome

WAIT_MINUTES = 15

Choice = tuple[str, str, dict[str, Any]]


def choice(payload: str, key: str, **data: Any) -> Choice:
    return payload, f"myfamily.{key}", data


class FamilySteps:
    """One turn of one talk, inside one transaction."""

    def __init__(self, gateway: Gateway, families: Families, turn: Turn) -> None:
        self.gateway, self.families, self.turn = gateway, families, turn
        self.me = turn.conversation_id
        self.today = gateway.today()
        self.content = gateway.settings.content_dir

    def say(self, key: str, choices: tuple[Choice, ...] = (), *, input: str | None = None, **data: Any) -> None:
        self.turn.replies.append(Reply(key, data, choices, input))
        self.turn.outcome = Outcome.answered

    def wait_for(self, what: str, *given: str) -> None:
        family = self.families.need(self.me)
        until = (self.families.now + timedelta(minutes=WAIT_MINUTES)).isoformat()
        family.waiting_enc = self.families.box(family).seal([what, list(given), until])

    def opened(self, given: list[str] | None, *, write: bool = False) -> OpenCard:
        if not given:
            raise CardError("no_card", "The button names no card.")
        return self.families.card(self.me, given[0], write=write)

    def name_of(self, opened: OpenCard) -> str:
        key = "family.child_unnamed" if opened.body["kind"] == "child" else "myfamily.pregnancy_unnamed"
        return opened.body["name"] or self.gateway.words.text(self.turn.locale, key)

    def below(self, opened: OpenCard) -> None:
        self.say("myfamily.talk_menu", self.doable(opened), name=self.name_of(opened))

    def doable(self, opened: OpenCard) -> tuple[Choice, ...]:
        """What can be done with one card. LINE shows thirteen at most."""
        card, choices = opened.card.id, []
        if opened.body["kind"] == "child":
            choices.append(choice(f"/family_picture {card}", "label_picture"))
        if opened.may_write:
            choices.append(choice(f"/family_given {card}", "label_given"))
            if opened.body["kind"] == "child":
                choices.append(choice(f"/family_growth {card}", "label_growth"))
                choices.append(choice(f"/family_first {card}", "milestones"))
            else:
                choices.append(choice(f"/family_weigh {card}", "weight_now"))
        if opened.role == OWNER:
            choices.append(choice(f"/family_share {card}", "label_share"))
        return (*choices, *self.general())

    def general(self) -> tuple[Choice, ...]:
        family = self.families.need(self.me)
        return (
            choice(STOP, "stop") if family.reminders_on else choice("/family_remind", "label_reminders"),
            *(() if family.notices_on else (choice("/family_notify", "label_notices"),)),
            choice("/family_add", "add"),
            choice("/family_join", "label_join"),
            choice("/family_delete", "label_delete"),
        )

    def picture_of(self, opened: OpenCard, name: str = "timeline") -> None:
        """A picture, with the plan as text for channels and eyes that cannot show it. A pregnancy has its visits as text."""
        locale, words = self.turn.locale, self.gateway.words
        plan = plan_of(opened.body, self.today, self.content)
        if opened.body["kind"] == "pregnancy" and name == "timeline":
            days = [long_date(date.fromisoformat(visit["about"]), locale) for visit in plan["checkups"][:4]]
            visits = words.text(locale, "family.checkup_pregnancy_visits")
            self.say("myfamily.talk_which_one", name="\n".join(f"{visits}: {day}" for day in days))
            return
        if name == "timeline":
            alt = "\n".join(schedule_lines(plan, words, locale))
        elif name == "pregnancy":
            alt = words.text(locale, "family.pregnancy_weight_title")
        else:
            measure = words.text(locale, f"family.growth_{name}")
            alt = words.text(locale, "myfamily.picture_of", measure=measure)
        link = picture_link(self.gateway, self.me, opened.card.id, name, locale)
        if self.turn.channel != "web":
            link = self.gateway.settings.public_url + link
        self.turn.replies.append(Reply("image", {"url": link, "alt": alt}))
