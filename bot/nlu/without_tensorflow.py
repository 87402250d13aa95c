"""Rasa without TensorFlow: none of our components uses it, but Rasa imports it at every start.

It costs 400 MB and half of the start-up time (ADR 0022). Rasa 3.6.21 is the last release, so what it touches at import
is known and tested. In place of TensorFlow stand modules whose attributes are empty classes; a component that really
needs TensorFlow fails at once with a sentence that says so.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any

# TensorFlow brings JAX, which bm25s would load for a sorting that numpy does as well: 1.7 s of the start.
DONE_WITHOUT = ("jax",)
STOOD_IN = ("tensorflow", "tensorflow_hub", "tensorflow_text", "tensorflow_addons", "keras")


class _EmptyMeta(type):
    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _empty(name)

    def __getitem__(cls, _item: Any) -> Any:
        return cls

    def __or__(cls, _other: Any) -> Any:
        return cls

    def __ror__(cls, _other: Any) -> Any:
        return cls

    def __iter__(cls) -> Any:
        return iter(())


class _Empty(metaclass=_EmptyMeta):
    """Stands for any class or function of TensorFlow. Used as a decorator it returns what it decorates."""

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        if len(args) == 1 and not kwargs and callable(args[0]):
            return args[0]
        if cls.__module__ == __name__:
            return super().__new__(cls)
        raise RuntimeError(
            f"{cls.__module__}.{cls.__qualname__} needs TensorFlow, which this process does without. "
            "Train and serve it with Rasa's own command line, or take the component out of config.yml."
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        pass

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return args[0] if len(args) == 1 and callable(args[0]) else _Empty()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _empty(name)


def _empty(name: str) -> Any:
    return _EmptyMeta(name, (_Empty,), {"__module__": __name__})


class _StandIn(ModuleType):
    __version__ = "2.12.0"
    __path__: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        found = _empty(name)
        setattr(self, name, found)
        return found


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.split(".")[0] in STOOD_IN:
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return _StandIn(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to run: attributes are made when they are asked for."""


def install() -> None:
    """Must run before anything imports rasa. Does nothing once TensorFlow is there."""
    if "tensorflow" not in sys.modules and not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
        for name in DONE_WITHOUT:
            sys.modules.setdefault(name, None)  # type: ignore[arg-type]  # the import system's word for "not there"
