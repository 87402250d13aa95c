"""What holds for every child and every record, tried on random ones."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.family.dates import FamilyInputError
from bot.family.plan import plan
from bot.family.rules import RuleSet
from tests.family.checker import broken_rules

PRODUCTS = sorted(RuleSet.load().products)
COMMON = [
    "rota1",
    "rota5",
    "hepb",
    "pcv",
    "five-in-one",
    "four-in-one",
    "hib",
    "bcg",
    "mr",
    "varicella",
    "je",
    "dt",
    "hpv9",
]
LATEST = date(2026, 11, 23)
# Ages in days at which doses are usually given, so that random records are often nearly right.
USUAL = [
    0,
    42,
    60,
    61,
    70,
    88,
    89,
    116,
    150,
    200,
    215,
    330,
    364,
    365,
    392,
    456,
    730,
    1095,
    1103,
    1460,
    2000,
    3300,
    4100,
    4500,
]

offsets = st.one_of(
    st.integers(0, 7300), st.builds(lambda usual, by: max(0, usual + by), st.sampled_from(USUAL), st.integers(-9, 40))
)
doses = st.tuples(
    st.one_of(st.sampled_from(COMMON), st.sampled_from(PRODUCTS)), offsets, st.sampled_from(["", "JP", "VN"])
)


@st.composite
def children(draw: st.DrawFn) -> dict[str, Any]:
    birth = draw(st.dates(date(1995, 1, 1), LATEST))
    on = min(birth + timedelta(days=draw(offsets)), date(2034, 3, 31))
    record = [
        {"vaccine": name, "date": (birth + timedelta(days=offset)).isoformat(), "country": country}
        for name, offset, country in draw(st.lists(doses, max_size=24))
        if birth + timedelta(days=offset) <= on
    ]
    child = {"birthdate": birth.isoformat(), "on": on.isoformat(), "doses": record}
    sex = draw(st.sampled_from([None, "female", "male"]))
    return child if sex is None else {**child, "sex": sex}


@given(children())
@settings(max_examples=400, deadline=None)
def test_no_proposed_date_breaks_a_printed_rule(child: dict[str, Any]) -> None:
    birth, on = date.fromisoformat(child["birthdate"]), date.fromisoformat(child["on"])
    assert broken_rules(birth, on, plan(child, on)) == []


@given(children(), st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_the_order_of_the_record_does_not_matter(child: dict[str, Any], random: Any) -> None:
    shuffled = list(child["doses"])
    random.shuffle(shuffled)
    assert plan({**child, "doses": shuffled}, LATEST) == plan(child, LATEST)


def left(answer: dict[str, Any]) -> Counter[str]:
    """Doses not yet had, by what they protect from; alternatives of one choice count once."""
    counts: Counter[str] = Counter()
    protects = {"five-in-one": ("dpt", "hib"), "four-in-one": ("dpt",), "rota1": ("rota",), "rota5": ("rota",)}
    for entry in answer["immunisation"]:
        if entry["status"] not in ("given", "not_needed"):
            for name in protects.get(entry["vaccine"], (entry["vaccine"],)):
                counts[name] += 1
    return counts


PROTECTS_BY_PART = {"dpt": "dpt", "polio": "dpt", "measles": "mr", "rubella": "mr"}


@given(children(), doses)
@settings(max_examples=400, deadline=None)
def test_one_more_dose_never_leaves_more_to_come(child: dict[str, Any], extra: tuple[str, int, str]) -> None:
    name, offset, country = extra
    birth, on = date.fromisoformat(child["birthdate"]), date.fromisoformat(child["on"])
    day = birth + timedelta(days=offset)
    parts = RuleSet.load().products[name].parts
    if day > on or parts & {"rota1", "rota5"}:
        return
    more = {**child, "doses": [*child["doses"], {"vaccine": name, "date": day.isoformat(), "country": country}]}
    before, after = left(plan(child, on)), left(plan(more, on))
    grown = {
        what: (before[what], after[what])
        for what in {PROTECTS_BY_PART.get(part, part) for part in parts}
        if after[what] > before[what]
    }
    assert grown == {}


@given(
    st.dictionaries(
        st.sampled_from(["birthdate", "doses", "on", "sex", "had", "due_date", "checkups_done"]),
        st.recursive(
            st.one_of(
                st.none(), st.booleans(), st.integers(), st.text(max_size=12), st.just("2026-05-05"), st.just("mr")
            ),
            lambda inner: st.one_of(
                st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["vaccine", "date", "country"]), inner)
            ),
            max_leaves=6,
        ),
    )
)
@example({"birthdate": "2026-02-30"})
@example({"birthdate": "0001-01-01"})
@example({"birthdate": "2026-01-01", "doses": [{"vaccine": "mr", "date": "9999-12-31"}]})
@settings(max_examples=300, deadline=None)
def test_garbage_is_answered_with_an_error_that_names_the_place(request: dict[str, Any]) -> None:
    refused: FamilyInputError | None = None
    try:
        plan(request, LATEST)
    except FamilyInputError as error:
        refused = error
    assert refused is None or str(refused).startswith(refused.field)


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        ({}, "birthdate"),
        ({"birthdate": "2027-01-01"}, "birthdate"),
        ({"birthdate": "1890-01-01"}, "birthdate"),
        ({"birthdate": "2026-01-01", "on": "soon"}, "on"),
        ({"birthdate": "2026-01-01", "sex": "f"}, "sex"),
        ({"birthdate": "2026-01-01", "had": ["cold"]}, "had"),
        ({"birthdate": "2026-01-01", "doses": "mr"}, "doses"),
        ({"birthdate": "2026-01-01", "doses": ["mr"]}, "doses[0]"),
        ({"birthdate": "2026-01-01", "doses": [{"date": "2026-02-01"}]}, "doses[0].vaccine"),
        ({"birthdate": "2026-01-01", "doses": [{"vaccine": "mr"}]}, "doses[0].date"),
        ({"birthdate": "2026-01-01", "doses": [{"vaccine": "mr", "date": "2025-12-31"}]}, "doses[0].date"),
        ({"birthdate": "2026-01-01", "doses": [{"vaccine": "mr", "date": "2026-11-24"}]}, "doses[0].date"),
        ({"birthdate": "2026-01-01", "checkups_done": ["x"]}, "checkups_done"),
        ({"due_date": "2029-01-01"}, "due_date"),
    ],
)
def test_each_mistake_is_named(request_: dict[str, Any], field: str) -> None:
    with pytest.raises(FamilyInputError) as caught:
        plan(request_, LATEST)
    assert caught.value.field == field
