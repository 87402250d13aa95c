"""Collects the commands of this package into `iroiro`.

A module `bot/cli/<name>.py` with a click command `command` becomes `iroiro <name>`; one named `<group>_<name>.py` becomes
`iroiro <group> <name>` for the groups below. Modules are imported only when used: `iroiro detect` must not wait for
the web framework.
"""

from __future__ import annotations

import importlib
import pkgutil

import click

import bot.cli

GROUPS = {
    "add": "Scaffold something new.",
    "bench": "Measure our figures and the peers' in one run.",
    "eval": "Evaluate, and write a report.",
    "import": "Bring in a city's open data.",
    "report": "Print a report.",
    "train": "Train a model of our own.",
}

# Parts of commands, not commands.
LIBRARY = ("main", "jsonl")


class LazyGroup(click.Group):
    """Finds its commands among the modules whose names begin with `prefix`."""

    def __init__(self, *, prefix: str = "", help: str | None = None, name: str | None = None) -> None:
        super().__init__(name=name, help=help)
        self._prefix = prefix

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(self._modules())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module = self._modules().get(cmd_name)
        if module is None:
            return None
        if module in GROUPS and not self._prefix:
            return LazyGroup(prefix=f"{module}_", help=GROUPS[module], name=module)
        command: click.Command = importlib.import_module(f"bot.cli.{module}").command
        return command

    def _modules(self) -> dict[str, str]:
        names = [item.name for item in pkgutil.iter_modules(bot.cli.__path__) if item.name not in LIBRARY]
        if self._prefix:
            found = {name.removeprefix(self._prefix): name for name in names if name.startswith(self._prefix)}
        else:
            found = {name: name for name in names if not name.startswith(tuple(f"{group}_" for group in GROUPS))}
            found |= {group: group for group in GROUPS if any(name.startswith(f"{group}_") for name in names)}
        return {name.replace("_", "-"): module for name, module in found.items()}


main = LazyGroup(name="iroiro", help="Multilingual consultation assistant for the residents of Kawasaki City.")

if __name__ == "__main__":
    main()
