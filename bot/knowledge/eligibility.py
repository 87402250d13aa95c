"""What a family may receive, decided by the articles' own eligibility data: no rule of any one subsidy is code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from bot.knowledge.values import GRADES, TypedValue
from bot.vocabulary import WARDS

if TYPE_CHECKING:
    from bot.knowledge.articles import Article, KnowledgeBase

HOUSEHOLDS: tuple[str, ...] = (
    "single_parent",
    "low_income",
    "on_welfare",
    "three_or_more_children",
    "foreign",
    "disability",
)
_STEP = timedelta(days=7)


class AnswerFault(ValueError):
    """An answer cannot be read. The message names it and the forms it may have."""


@dataclass(frozen=True)
class Entitlement:
    """One article that fits a family.

    `certain` is False when a question that matters was skipped; `unanswered` names those questions. `amount` is the
    value to show for "how much", None when the article states none. `deadline` is the last day to apply when it can be
    computed and has not passed; `deadline_value` is the rule behind it (for example 15 days), `deadline_kind` its kind.
    """

    article: str
    certain: bool
    unanswered: tuple[str, ...]
    amount: TypedValue | None
    deadline: date | None
    deadline_kind: str | None
    deadline_value: TypedValue | None
    where: tuple[str, ...]
    how: tuple[str, ...]
    documents: tuple[str, ...]
    offices: tuple[str, ...]


def find(kb: KnowledgeBase, answers: Mapping[str, Any], on: date) -> list[Entitlement]:
    """What the family may get on the day `on`, certain ones first, then those with an amount.

    Every answer may be left out: `birthdate` (ISO string or date), or `child_age` ({"years", "months"}), or `grade`
    (e1…h3, nencho); `pregnant` (bool); `household` (a list from HOUSEHOLDS, empty for none of them); `ward`.
    Raises AnswerFault for an answer that cannot be read.
    """
    family = _Family.read(answers, on)
    found = [
        entitlement
        for article in kb.articles()
        if article.eligibility and (entitlement := _judge(article, family, on)) is not None
    ]
    return sorted(found, key=lambda one: (not one.certain, one.amount is None, one.article))


@dataclass(frozen=True)
class _Family:
    """The answers, with the child's birth date as the earliest and latest day it can be."""

    born: tuple[date, date] | None
    pregnant: bool | None
    household: frozenset[str] | None
    ward: str | None

    @classmethod
    def read(cls, answers: Mapping[str, Any], on: date) -> _Family:
        household = answers.get("household")
        if household is not None:
            if not isinstance(household, (list, tuple, set, frozenset)) or not set(household) <= set(HOUSEHOLDS):
                raise AnswerFault(f"household must be a list from {', '.join(HOUSEHOLDS)}, not {household!r}.")
            household = frozenset(household)
        ward = answers.get("ward")
        if ward is not None and ward not in WARDS:
            raise AnswerFault(f"ward must be one of {', '.join(WARDS)}, not {ward!r}.")
        pregnant = answers.get("pregnant")
        if pregnant is not None and not isinstance(pregnant, bool):
            raise AnswerFault(f"pregnant must be true or false, not {pregnant!r}.")
        return cls(_born(answers, on), pregnant, household, ward)

    def births(self) -> Iterator[date]:
        """Days the child may have been born on, close enough to miss no rule of a week or more."""
        if self.born is None:
            return
        day, last = self.born
        while day < last:
            yield day
            day += _STEP
        yield last


def school_entry(born: date) -> int:
    """The year in whose April the child enters elementary school; a child born on 1 April goes with the year before."""
    return born.year + (6 if (born.month, born.day) <= (4, 1) else 7)


def grade_begins(born: date, grade: str) -> date:
    """The 1 April on which a school year begins. Raises ValueError for an unknown grade."""
    return date(school_entry(born) + GRADES.index(grade) - 1, 4, 1)


def grade_ends(born: date, grade: str) -> date:
    """The last day (31 March) of a school year."""
    begins = grade_begins(born, grade)
    return date(begins.year + 1, 3, 31)


def _judge(article: Article, family: _Family, on: date) -> Entitlement | None:
    rules = article.eligibility or {}
    unanswered: list[str] = []
    wants_pregnant = rules.get("pregnant")
    age = rules.get("child_age")
    if wants_pregnant:
        # Who has told a child's age and no pregnancy is asking about that child.
        if family.pregnant is False or (family.pregnant is None and family.born is not None):
            return None
        if family.pregnant is None:
            unanswered.append("pregnant")
    if age:
        if family.born is None:
            if family.pregnant:
                return None
            unanswered.append("child_age")
        else:
            fits = [_age_fits(age, born, on) for born in family.births()]
            if not any(fits):
                return None
            if not all(fits):
                unanswered.append("birthdate")
    household = rules.get("household")
    if household:
        if family.household is None:
            unanswered.append("household")
        elif not family.household & set(household):
            return None
    wards = rules.get("wards", "all")
    if wards != "all":
        if family.ward is None:
            unanswered.append("ward")
        elif family.ward not in wards:
            return None
    kind, value, last = _deadline(article, rules.get("deadline") or {}, family, on)
    reference = _amount_reference(rules.get("amount"), family, on)
    return Entitlement(
        article=article.id,
        certain=not unanswered,
        unanswered=tuple(unanswered),
        amount=article.value_on(reference, on) if reference else None,
        deadline=last,
        deadline_kind=kind,
        deadline_value=value,
        where=tuple(article.apply.get("where") or ()),
        how=tuple(article.apply.get("how") or ()),
        documents=article.required_documents,
        offices=article.offices,
    )


def _amount_reference(amount: Any, family: _Family, on: date) -> str | None:
    """The `fact.value` that says how much: one for everyone, or the one whose ages surely fit this child."""
    if amount is None or isinstance(amount, str):
        return amount
    births = list(family.births())
    for entry in amount:
        if births and all(_age_fits(entry["child_age"], born, on) for born in births):
            return str(entry["value"])
    return None


def _age_fits(rule: Mapping[str, Any], born: date, on: date) -> bool:
    """`min` is reached, `max` is not yet; school years count from their 1 April to their 31 March."""
    if born > on:
        return False
    return (
        ("min" not in rule or add(born, rule["min"]) <= on)
        and ("max" not in rule or on < add(born, rule["max"]))
        and ("min_school_start" not in rule or grade_begins(born, rule["min_school_start"]) <= on)
        and ("max_school_end" not in rule or on <= grade_ends(born, rule["max_school_end"]))
    )


def add(day: date, age: Mapping[str, int]) -> date:
    """The day on which someone born on `day` reaches an age; 29 February birthdays come on 1 March."""
    months = day.year * 12 + day.month - 1 + age.get("years", 0) * 12 + age.get("months", 0)
    year, month = divmod(months, 12)
    try:
        reached = date(year, month + 1, day.day)
    except ValueError:
        # The month is too short for the day: the age is reached when the next month begins.
        reached = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return reached + timedelta(weeks=age.get("weeks", 0), days=age.get("days", 0))


def _deadline(
    article: Article, rule: Mapping[str, Any], family: _Family, on: date
) -> tuple[str | None, TypedValue | None, date | None]:
    kind = rule.get("kind")
    value = article.value_on(rule["value"], on) if rule.get("value") else None
    last: date | None = None
    if value is not None and kind == "days_after_birth" and family.born and family.born[0] == family.born[1]:
        number = value.number()
        last = family.born[0] + timedelta(days=int(number)) if number is not None else None
    elif value is not None and kind == "date" and isinstance(value.data, date):
        last = value.data
    return kind, value, last if last is not None and last >= on else None


def _born(answers: Mapping[str, Any], on: date) -> tuple[date, date] | None:
    if answers.get("birthdate"):
        try:
            born = date.fromisoformat(str(answers["birthdate"]))
        except ValueError:
            raise AnswerFault(f"birthdate must be YYYY-MM-DD, not {answers['birthdate']!r}.") from None
        if born > on:
            return None
        return born, born
    age = answers.get("child_age")
    if age is not None:
        if not isinstance(age, Mapping) or not all(isinstance(n, int) and 0 <= n < 1500 for n in age.values()):
            raise AnswerFault(f'child_age must be {{"years": n, "months": n}}, not {age!r}.')
        width = {"months": 1} if "months" in age else {"years": 1}
        latest = _before(on, age)
        return _before(latest, width) + timedelta(days=1), latest
    grade = answers.get("grade")
    if grade is not None:
        if grade not in GRADES:
            raise AnswerFault(f"grade must be one of {', '.join(GRADES)}, not {grade!r}.")
        school_year = on.year if (on.month, on.day) >= (4, 1) else on.year - 1
        entered = school_year - GRADES.index(grade) + 1
        return date(entered - 7, 4, 2), date(entered - 6, 4, 1)
    return None


def _before(day: date, age: Mapping[str, int]) -> date:
    months = day.year * 12 + day.month - 1 - age.get("years", 0) * 12 - age.get("months", 0)
    year, month = divmod(months, 12)
    for number in (day.day, 30, 29, 28):
        if number <= day.day:
            try:
                return date(year, month + 1, number)
            except ValueError:
                continue
    return date(year, month + 1, 28)
