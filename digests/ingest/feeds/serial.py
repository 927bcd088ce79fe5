"""Dataclasses made again of the JSON that a child process has sent."""

from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, cast, get_args, get_origin, get_type_hints


def from_json[T](kind: type[T], value: Any) -> T:
    """Return what was sent as JSON: dataclasses as `dataclasses.asdict` makes them, times in ISO
    8601. Raises `TypeError` or `ValueError` for what is not of its kind."""
    return cast("T", _made(kind, value))


def _made(kind: Any, value: Any) -> Any:
    if isinstance(kind, UnionType):  # of something and None
        (some,) = (each for each in get_args(kind) if each is not NoneType)
        return None if value is None else _made(some, value)
    if get_origin(kind) is tuple:  # of any number of one kind
        _check(value, list)
        return tuple(_made(get_args(kind)[0], each) for each in value)
    if is_dataclass(kind):
        return _dataclass(kind, value)
    if kind is datetime:
        return datetime.fromisoformat(value)
    if issubclass(kind, StrEnum):
        return kind(value)
    _check(value, kind)
    return value


def _dataclass(kind: Any, value: Any) -> Any:
    _check(value, dict)
    kinds = get_type_hints(kind)
    if value.keys() != {field.name for field in fields(kind)}:
        raise TypeError(f"{value!r:.100} has not the fields of {kind.__name__}")
    return kind(**{name: _made(kinds[name], part) for name, part in value.items()})


def _check(value: Any, kind: type) -> None:
    if type(value) is not kind:
        raise TypeError(f"{value!r:.100} is no {kind.__name__}")
