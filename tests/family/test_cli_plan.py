"""`iroiro plan` as other programs call it."""

from __future__ import annotations

import json

from click.testing import CliRunner

from bot.cli.plan import command


def call(*lines: str, on: str = "2026-11-23") -> list[dict[str, object]]:
    done = CliRunner().invoke(command, ["--on", on], input="\n".join(lines))
    assert done.exit_code == 0, done.output
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_order_is_kept_unknown_keys_pass_and_garbage_is_answered_in_its_place() -> None:
    answers = call('{"birthdate": "2026-10-15", "id": 7}', "nonsense", '{"birthdate": "2026-02-30", "id": 8}')
    assert (answers[0]["id"], answers[0]["on"]) == (7, "2026-11-23")
    assert answers[1]["line"] == 2
    assert answers[2]["id"] == 8
    assert "2026-02-30" in str(answers[2]["error"])


def test_a_line_may_name_its_own_day() -> None:
    assert call('{"birthdate": "2026-10-15", "on": "2027-01-05"}')[0]["on"] == "2027-01-05"


def test_a_wrong_day_on_the_command_line_is_named() -> None:
    done = CliRunner().invoke(command, ["--on", "tomorrow"], input="")
    assert done.exit_code != 0
    assert "tomorrow" in done.output
