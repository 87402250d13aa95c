"""The words of the project as types. Imports nothing from the project; runs on Python 3.10 and up."""

from __future__ import annotations

from enum import Enum, IntEnum

LOCALES: tuple[str, ...] = (
    "ja",
    "ja-easy",
    "en",
    "zh-Hans",
    "zh-Hant",
    "ko",
    "vi",
    "tl",
    "ne",
    "pt",
    "es",
    "id",
    "th",
)
"""Folder names of the locales, in the order residents see them. `ja-easy` is a register of `ja`."""

DEFAULT_LOCALE = "ja"

WARDS: tuple[str, ...] = ("kawasaki", "saiwai", "nakahara", "takatsu", "miyamae", "tama", "asao")
"""The seven wards of Kawasaki City, south to north."""


class RiskLevel(IntEnum):
    """How urgent a message is. Ordered, so levels compare with `<` and combine with `max`."""

    none = 0
    concern = 1
    high = 2
    imminent = 3


class Category(str, Enum):
    """What an assessment is about. `abusive_language` (insults at the bot) is never a risk by itself."""

    suicide_self_harm = "suicide_self_harm"
    abuse = "abuse"
    sexual_violence = "sexual_violence"
    bullying = "bullying"
    domestic_violence = "domestic_violence"
    no_safe_place = "no_safe_place"
    caregiver_crisis = "caregiver_crisis"
    third_party_report = "third_party_report"
    violence_threat = "violence_threat"
    pregnancy_crisis = "pregnancy_crisis"
    distress = "distress"
    abusive_language = "abusive_language"


class Outcome(str, Enum):
    """How a turn ended. Errors share the prefix `error_`, so they aggregate."""

    answered = "answered"
    clarified = "clarified"
    not_found = "not_found"
    handed_over = "handed_over"
    crisis = "crisis"
    paused = "paused"
    error_rasa = "error_rasa"
    error_gate = "error_gate"
    error_internal = "error_internal"


class Author(str, Enum):
    """Who wrote a message. The badge on every bubble comes from this."""

    resident = "resident"
    machine = "machine"
    staff = "staff"
    system = "system"


class CaseState(str, Enum):
    """Life of a case: waiting → assigned → resolved, and back to waiting when the resident writes again."""

    waiting = "waiting"
    assigned = "assigned"
    resolved = "resolved"


class Role(str, Enum):
    """What a member of staff may do."""

    counsellor = "counsellor"
    supervisor = "supervisor"
    content_editor = "content_editor"
    administrator = "administrator"
    auditor = "auditor"
