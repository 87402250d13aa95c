"""What a family chose of reminders and notices, and the hours in which nothing is sent: pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, time, timedelta
from typing import Any

from bot.family.dates import FamilyInputError
from bot.family.reminders import CITY_TIME, EARLIEST_HOUR, LATEST_HOUR, MODES, Preferences
from bot.vocabulary import LOCALES, WARDS

LAST_HOUR = LATEST_HOUR + 1
"""Nothing is sent from this hour of the city's clock until EARLIEST_HOUR, whatever a family chose."""

MONTHLY = (1, 2, 3, 4)


@dataclass(frozen=True)
class Choices:
    """`hour`: when reminders come; `quiet_from` to `quiet_until`: hours of silence, over midnight where from > until."""

    hour: int = 18
    per_month: int = 4
    mode: str = "normal"
    quiet_from: int = 21
    quiet_until: int = 8
    locale: str = ""
    """Empty: the language of the talk."""
    wards: tuple[str, ...] = ()
    """Wards whose notices are wanted besides those of the cards."""

    @classmethod
    def read(cls, stored: Mapping[str, Any] | None) -> Choices:
        known = {item.name for item in fields(cls)}
        given = {key: value for key, value in (stored or {}).items() if key in known}
        if "wards" in given:
            given["wards"] = tuple(given["wards"])
        return cls(**given)

    def changed(self, given: Mapping[str, Any]) -> Choices:
        """With what stands in `given`. Raises FamilyInputError naming the field."""
        new = replace(self, **{item.name: given[item.name] for item in fields(self) if item.name in given})
        for field in ("hour", "quiet_from", "quiet_until"):
            value = getattr(new, field)
            if not isinstance(value, int) or not 0 <= value <= 23:
                raise FamilyInputError(field, "Give an hour, 0 to 23.")
        if new.per_month not in MONTHLY:
            raise FamilyInputError("per_month", "Give 1 to 4.")
        if new.mode not in MODES:
            raise FamilyInputError("mode", f"Give one of {', '.join(MODES)}.")
        if new.locale and new.locale not in LOCALES:
            raise FamilyInputError("locale", f"Give one of {', '.join(LOCALES)}.")
        if not isinstance(new.wards, (list, tuple)) or not set(new.wards) <= set(WARDS):
            raise FamilyInputError("wards", f"Give a list of {', '.join(WARDS)}.")
        new = replace(new, wards=tuple(new.wards))
        if new.is_quiet_hour(new.send_hour):
            raise FamilyInputError("hour", "This hour lies in the quiet hours. Choose another, or change them.")
        return new

    def stored(self) -> dict[str, Any]:
        return {**asdict(self), "wards": list(self.wards)}

    @property
    def send_hour(self) -> int:
        return min(max(self.hour, EARLIEST_HOUR), LATEST_HOUR)

    @property
    def preferences(self) -> Preferences:
        return Preferences(self.send_hour, self.per_month, self.mode)

    def is_quiet_hour(self, hour: int) -> bool:
        if not EARLIEST_HOUR <= hour < LAST_HOUR:
            return True
        if self.quiet_from == self.quiet_until:
            return False
        if self.quiet_from < self.quiet_until:
            return self.quiet_from <= hour < self.quiet_until
        return hour >= self.quiet_from or hour < self.quiet_until

    def is_quiet(self, moment: datetime) -> bool:
        return self.is_quiet_hour(moment.astimezone(CITY_TIME).hour)

    def after_quiet(self, moment: datetime) -> datetime:
        """`moment` itself, or the first full hour after it in which something may be sent."""
        local = moment.astimezone(CITY_TIME)
        if not self.is_quiet_hour(local.hour):
            return moment
        start = datetime.combine(local.date(), time(local.hour), CITY_TIME)
        for hours in range(1, 25):
            later = start + timedelta(hours=hours)
            if not self.is_quiet_hour(later.hour):
                return later
        raise AssertionError("a choice whose hour of sending is not quiet leaves an hour open")
