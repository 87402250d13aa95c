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
    "content": "Give out and apply what the content desk published.",
    "eval": "Evaluate, and write a report.",
    "import": "Bring in a city's open data.",
    "line": "Set up and examine the LINE channel.",
    "records": "Keep, back up, give out and erase what is recorded.",
    "report": "Print a report.",
    "train": "Train a model of our own.",
}

# Parts of commands, not commands.
LIBRARY = ("main", "jsonl", "opened")


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
            group = LazyGroup(prefix=f"{module}_", help=GROUPS[module], name=module)
            return _all_at_once(group) if module == "bench" else group
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


def _all_at_once(group: LazyGroup) -> LazyGroup:
    """`iroiro bench` without a name runs every bench, so that all figures come from one run."""

    @click.pass_context
    def run_all(ctx: click.Context, as_json: bool) -> None:
        if ctx.invoked_subcommand is not None:
            return
        for name in group.list_commands(ctx):
            command = group.get_command(ctx, name)
            if command is not None:
                click.echo(f"── {name}", err=as_json)
                command.main(["--json"] if as_json else [], standalone_mode=False)

    group.params = [click.Option(["--json", "as_json"], is_flag=True, help="One JSON object a bench.")]
    group.invoke_without_command = True
    group.callback = run_all
    return group


main = LazyGroup(name="iroiro", help="Multilingual consultation assistant for the residents of Kawasaki City.")

if __name__ == "__main__":
    main()
