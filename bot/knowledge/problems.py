"""What is wrong with a piece of data: where, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """One fault in a data file. `line` counts from 1; 0 means the whole file. `field` is a dotted path or ''."""

    file: str
    line: int
    field: str
    message: str
    remedy: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        named = f" [{self.field}]" if self.field else ""
        return f"{where}{named}: {self.message} {self.remedy}"


class KnowledgeError(ValueError):
    """The knowledge base cannot be used as it is. `problems` says why, one entry per fault."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
