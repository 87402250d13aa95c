"""Facilities from facilities.csv, in the columns of the municipal open-data standard plus a few of our own."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import asin, cos, radians, sin, sqrt
from pathlib import Path

from bot.knowledge.hours import OpeningHours
from bot.knowledge.problems import KnowledgeError, Problem
from bot.knowledge.values import ValueFault
from bot.vocabulary import WARDS

STANDARD_COLUMNS: tuple[str, ...] = (
    "全国地方公共団体コード",
    "ID",
    "地方公共団体名",
    "名称",
    "名称_カナ",
    "名称_英語",
    "郵便番号",
    "所在地_連結表記",
    "建物名等(方書)",
    "緯度",
    "経度",
    "電話番号",
    "利用可能曜日",
    "開始時間",
    "終了時間",
    "利用可能日時特記事項",
    "URL",
    "備考",
)
OWN_COLUMNS: tuple[str, ...] = ("kind", "ward", "serves", "hours", "languages", "certainty", "source", "source_date")
"""`ward` is where it stands, `serves` the wards it answers for (empty: everyone), `hours` as in bot.knowledge.hours,
`certainty` seen, confirm or memory."""
COLUMNS = STANDARD_COLUMNS + OWN_COLUMNS

KINDS: tuple[str, ...] = (
    "ward_office",
    "branch_office",
    "mimamori_center",
    "city_office",
    "call_center",
    "child_guidance_center",
    "children_culture_center",
    "childrearing_support_center",
    "childcare",
    "ryoiku_center",
    "developmental_consultation",
    "consultation",
    "employment",
    "place_to_be",
    "single_parent_center",
    "multilingual_desk",
    "health",
)
CERTAINTIES: tuple[str, ...] = ("seen", "confirm", "memory")
WARD_NAMES: Mapping[str, str] = {
    "川崎区": "kawasaki",
    "幸区": "saiwai",
    "中原区": "nakahara",
    "高津区": "takatsu",
    "宮前区": "miyamae",
    "多摩区": "tama",
    "麻生区": "asao",
}
_EARTH_M = 6_371_000


@dataclass(frozen=True)
class Facility:
    """One place residents can go to or call. `lat` and `lon` are WGS84 degrees, None when nobody has stated them."""

    id: str
    kind: str
    name: str
    kana: str
    english: str
    ward: str | None
    serves: tuple[str, ...]
    address: str
    postcode: str
    phone: str
    hours: OpeningHours | None
    hours_note: str
    lat: float | None
    lon: float | None
    languages: tuple[str, ...]
    url: str
    note: str
    certainty: str
    source: str
    source_date: str

    def name_for(self, locale: str) -> str:
        """The name as readers of `locale` can use it: Japanese stays visible, to be shown at a counter."""
        if locale in ("ja", "ja-easy") or not self.english:
            return self.name
        return f"{self.english} ({self.name})"

    def distance_m(self, lat: float, lon: float) -> float | None:
        """Metres from a point in a straight line; None without coordinates."""
        if self.lat is None or self.lon is None:
            return None
        north, east = radians(self.lat - lat), radians(self.lon - lon)
        chord = sin(north / 2) ** 2 + cos(radians(lat)) * cos(radians(self.lat)) * sin(east / 2) ** 2
        return 2 * _EARTH_M * asin(sqrt(chord))

    def open_at(self, at: datetime) -> bool | None:
        """Whether it is open at local time `at`; None when its hours are not known."""
        return self.hours.is_open(at) if self.hours else None


class Facilities:
    """All facilities, in the order of the file."""

    def __init__(self, facilities: Sequence[Facility]) -> None:
        self._by_id = {facility.id: facility for facility in facilities}
        self._names = {
            facility.id: [fold(name) for name in (facility.name, facility.kana, facility.english) if name]
            for facility in facilities
        }

    @classmethod
    def load(cls, content_dir: Path) -> Facilities:
        """Read knowledge_base/facilities.csv; no file means no facilities. Raises KnowledgeError listing bad rows."""
        path = content_dir / "knowledge_base" / "facilities.csv"
        if not path.exists():
            return cls([])
        facilities, problems = parse_facilities(path.read_text(encoding="utf-8-sig"), str(path))
        if problems:
            raise KnowledgeError(problems)
        return cls(facilities)

    def __iter__(self) -> Iterator[Facility]:
        return iter(self._by_id.values())

    def __len__(self) -> int:
        return len(self._by_id)

    def get(self, facility_id: str) -> Facility | None:
        return self._by_id.get(facility_id)

    def find(
        self,
        ward: str | None = None,
        kind: str | None = None,
        name: str | None = None,
        near: tuple[float, float] | None = None,
        open_at: datetime | None = None,
        language: str | None = None,
        limit: int = 5,
    ) -> list[Facility]:
        """Facilities that fit every condition given.

        A ward matches the place's own ward or those it serves. With `near` (lat, lon in degrees) the nearest come
        first and places without coordinates last; with `name` the best match comes first, in any script the file
        has. `open_at` leaves out places known to be closed; those with unknown hours stay, after the open ones.
        """
        found = [
            facility
            for facility in self
            if (kind is None or facility.kind == kind)
            and (ward is None or ward == facility.ward or ward in facility.serves)
            and (language is None or language in facility.languages)
            and (open_at is None or facility.open_at(open_at) is not False)
        ]
        if name:
            scores = {facility.id: self._name_score(facility.id, name) for facility in found}
            found = [facility for facility in found if scores[facility.id] > 0]
            found.sort(key=lambda facility: -scores[facility.id])
        if near:
            found.sort(key=lambda facility: _far(facility.distance_m(*near)))
        if open_at is not None:
            found.sort(key=lambda facility: facility.open_at(open_at) is None)
        return found[:limit]

    def _name_score(self, facility_id: str, name: str) -> float:
        wanted = fold(name)
        if not wanted:
            return 0.0
        best = 0.0
        for known in self._names[facility_id]:
            if wanted == known:
                return 2.0
            if wanted in known or known in wanted:
                best = max(best, 1.0 + min(len(wanted), len(known)) / max(len(wanted), len(known)))
            else:
                shared = len(_bigrams(wanted) & _bigrams(known)) / max(1, len(_bigrams(wanted)))
                best = max(best, shared if shared >= 0.6 else 0.0)
        return best


def parse_facilities(text: str, file: str) -> tuple[list[Facility], list[Problem]]:
    """The good rows of a CSV text, and a Problem for each bad one. Rows are counted as lines, the header being 1."""
    reader = csv.DictReader(io.StringIO(text, newline=""))
    header = reader.fieldnames or []
    missing = [column for column in ("ID", "名称") if column not in header]
    if missing:
        remedy = f"Give the columns of the open-data standard: {', '.join(STANDARD_COLUMNS)}."
        return [], [Problem(file, 1, column, "the column is missing.", remedy) for column in missing]
    good: list[Facility] = []
    problems: list[Problem] = []
    seen: set[str] = set()
    for row in reader:
        line = reader.line_num
        try:
            facility = facility_from_row({key: (value or "").strip() for key, value in row.items() if key})
        except RowFault as fault:
            problems.append(Problem(file, line, fault.column, str(fault), fault.remedy))
            continue
        if facility.id in seen:
            problems.append(Problem(file, line, "ID", f"{facility.id} stands twice.", "Give each row its own ID."))
            continue
        seen.add(facility.id)
        good.append(facility)
    return good, problems


class RowFault(ValueError):
    """One cell of a row cannot be used."""

    def __init__(self, column: str, message: str, remedy: str) -> None:
        super().__init__(message)
        self.column = column
        self.remedy = remedy


def facility_from_row(row: Mapping[str, str]) -> Facility:
    """A Facility from one row, columns we do not know being ignored. Raises RowFault."""
    for column in ("ID", "名称"):
        if not row.get(column):
            raise RowFault(column, "the cell is empty.", f"Fill in {column}.")
    address = row.get("所在地_連結表記") or row.get("住所") or ""
    ward = row.get("ward") or ward_of(address)
    serves = tuple(row.get("serves", "").split())
    for name in (ward, *serves):
        if name and name not in WARDS:
            raise RowFault("ward", f"`{name}` is not a ward.", f"Use one of: {', '.join(WARDS)}.")
    kind = row.get("kind") or "consultation"
    if kind not in KINDS:
        raise RowFault("kind", f"`{kind}` is not a kind of facility.", f"Use one of: {', '.join(KINDS)}.")
    certainty = row.get("certainty") or "confirm"
    if certainty not in CERTAINTIES:
        raise RowFault("certainty", f"`{certainty}` is not known.", f"Use one of: {', '.join(CERTAINTIES)}.")
    phone = unicodedata.normalize("NFKC", row.get("電話番号", "")).strip("()")
    if phone and not (set(phone) <= set("0123456789-#") and any(char.isdigit() for char in phone)):
        raise RowFault("電話番号", f"{phone!r} is not a phone number.", "Write one number with digits and hyphens.")
    return Facility(
        id=row["ID"],
        kind=kind,
        name=row["名称"],
        kana=row.get("名称_カナ", ""),
        english=row.get("名称_英語", ""),
        ward=ward,
        serves=serves,
        address=address,
        postcode=row.get("郵便番号", ""),
        phone=phone,
        hours=_hours(row),
        hours_note=row.get("利用可能日時特記事項", ""),
        lat=_degrees(row, "緯度", 20, 46),
        lon=_degrees(row, "経度", 122, 154),
        languages=tuple(row.get("languages", "").split()),
        url=_url(row.get("URL", "")),
        note=row.get("備考", ""),
        certainty=certainty,
        source=row.get("source", ""),
        source_date=row.get("source_date", ""),
    )


def ward_of(address: str) -> str | None:
    """The ward named in a Japanese address, or None."""
    for name, ward in WARD_NAMES.items():
        # 川崎区 is contained in no other name, but 川崎市 stands in every address.
        if name in address:
            return ward
    return None


def fold(text: str) -> str:
    """Text for comparing names: width, case, kana script, spaces and marks do not matter."""
    folded = "".join(
        char
        for char in unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
        if not unicodedata.combining(char) or char in "\u3099\u309a"
    )
    folded = unicodedata.normalize("NFC", folded)
    # Katakana and hiragana blocks have the same order, 0x60 apart.
    folded = "".join(chr(ord(char) - 0x60) if "ァ" <= char <= "ヶ" else char for char in folded)
    return "".join(char for char in folded if char.isalnum())


def _hours(row: Mapping[str, str]) -> OpeningHours | None:
    try:
        if row.get("hours"):
            return OpeningHours.parse(row["hours"])
        return OpeningHours.from_columns(row.get("利用可能曜日", ""), row.get("開始時間", ""), row.get("終了時間", ""))
    except ValueFault as fault:
        raise RowFault("hours" if row.get("hours") else "開始時間", str(fault), fault.remedy) from None


def _degrees(row: Mapping[str, str], column: str, low: float, high: float) -> float | None:
    text = row.get(column, "")
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        raise RowFault(
            column, f"{text!r} is not a number.", "Write decimal degrees (WGS84), or leave it empty."
        ) from None
    if not low <= value <= high:
        raise RowFault(column, f"{value} lies outside Japan.", "Check that 緯度 and 経度 are not swapped.")
    return value


def _url(text: str) -> str:
    if text and not text.startswith(("https://", "http://")):
        raise RowFault("URL", f"{text!r} is not an address.", "Begin it with https://, or leave it empty.")
    return text


def _far(distance: float | None) -> float:
    return float("inf") if distance is None else distance


def _bigrams(text: str) -> set[str]:
    return {text[index : index + 2] for index in range(len(text) - 1)} or {text}
