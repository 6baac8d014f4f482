"""Rows: what the floor knows, as values, in one shape at the store, on the wire and on every station.

A row travels as its *image*, a JSON object. Fields that this program does not know are ignored, fields that are missing
take their default: a station and a store of neighbouring versions understand each other.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, ClassVar, Self, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from app.domain.facts import Fact

T = TypeVar("T")
ROW_TYPES: dict[str, type[Row]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A thing with an identity. Subclasses state `row_kind` and say which field identifies them, by `row_id`."""

    row_kind: ClassVar[str] = ""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        # slots=True makes a second class of each; the later one, which is the real one, stays.
        super(Row, cls).__init_subclass__(**kwargs)
        if cls.row_kind:
            ROW_TYPES[cls.row_kind] = cls

    @property
    def row_id(self) -> str:
        raise LookupError(f"{type(self).__name__} does not say what identifies it")

    @property
    def parent(self) -> str | None:
        """What rows of this kind are listed under: a task under its picklist, a carton under its order."""
        return None

    def after(self, fact: Fact) -> Self:
        """This row once `fact` has happened.

        Raises:
            IllegalTransition: the table of states does not list the fact here. A station refuses by it; the store
                records the fact all the same and raises a discrepancy.
        """
        return self

    @classmethod
    def born_of(cls, fact: Fact) -> Self | None:
        """The row that `fact` brings into being; None when it makes none."""
        return None


def to_image(value: Any) -> Any:
    """The JSON form of a row, a fact's body or any value in them: objects, lists, strings, integers, booleans, null."""
    kind = type(value)
    write = _WRITERS.get(kind)
    if write is None:
        write = _WRITERS[kind] = _writer(kind)
    return write(value)


_PLAIN = frozenset({str, int, bool, NoneType})  # already as JSON has it
_WRITERS: dict[type, Callable[[Any], Any]] = {}


def _writer(kind: type) -> Callable[[Any], Any]:
    """How to write a value of type `kind`; made once a type, because a scan writes rows and has little time."""
    if is_dataclass(kind):
        names = tuple(f.name for f in fields(kind))
        return lambda value: {
            name: item if type(item := getattr(value, name)) in _PLAIN else to_image(item) for name in names
        }
    if issubclass(kind, Enum):
        return lambda value: value.value
    if issubclass(kind, datetime | date):
        return kind.isoformat
    if issubclass(kind, Mapping):
        return lambda value: {str(key): item if type(item) in _PLAIN else to_image(item) for key, item in value.items()}
    if issubclass(kind, frozenset):
        return lambda value: sorted(to_image(item) for item in value)
    if issubclass(kind, tuple | list):
        return lambda value: [to_image(item) for item in value]
    return lambda value: value


def from_image(cls: type[T], image: Mapping[str, Any]) -> T:
    """The value that `image` describes, as a `cls`.

    Raises:
        ValueError: a needed field is missing, or holds something of another type; the message names the field.
    """
    value: T = _reader(cast(Hashable, cls))(image)
    return value


@cache
def _reader(hint: Hashable) -> Callable[[Any], Any]:
    """How to read a value of type `hint`; made once a type, because a scan reads rows and has little time."""
    origin = get_origin(hint)
    if hint is Any:
        return lambda value: value
    if origin in (Union, UnionType):
        inner = [arg for arg in get_args(hint) if arg is not NoneType]
        read = _reader(inner[0])
        return lambda value: None if value is None else read(value)
    if origin in (tuple, frozenset):
        args = get_args(hint)
        if origin is tuple and args[-1] is not Ellipsis:
            readers = [_reader(arg) for arg in args]
            return lambda value: tuple(read(item) for read, item in zip(readers, _list(value), strict=True))
        read = _reader(args[0])
        return lambda value: origin(read(item) for item in _list(value))
    if origin is not None and issubclass(origin, Mapping):
        inside = get_args(hint)[1]
        if inside is Any:
            return _object
        read = _reader(inside)
        return lambda value: {str(key): read(item) for key, item in _object(value).items()}
    if is_dataclass(hint):
        return _dataclass_reader(hint)
    if hint is datetime or hint is date:
        return hint.fromisoformat
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint
    return _scalar_reader(hint)


def _list(value: Any) -> list[Any] | tuple[Any, ...]:
    # A text is a row of letters to Python, and "T-1" is not three totes to us.
    if not isinstance(value, list | tuple):
        raise ValueError(f"wanted a list, got {_said(value)}")
    return value


def _object(value: Any) -> Mapping[str, Any]:
    # Asking what a dict is costs less than asking whether something is a mapping.
    if type(value) is not dict and not isinstance(value, Mapping):
        raise ValueError(f"wanted an object, got {_said(value)}")
    return value


def _said(value: Any) -> str:
    return "null" if value is None else type(value).__name__


def _scalar_reader(hint: Any) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        # bool is an int to Python, and 1 is not yes to us.
        if type(value) is not hint:
            raise ValueError(f"wanted {hint.__name__}, got {_said(value)}")
        return value

    return read


def _dataclass_reader(cls: Any) -> Callable[[Any], Any]:
    hints = get_type_hints(cls)
    plan = [
        (f.name, _reader(hints[f.name]), f.default is MISSING and f.default_factory is MISSING) for f in fields(cls)
    ]

    def read(image: Any) -> Any:
        if type(image) is not dict and not isinstance(image, Mapping):
            raise ValueError(f"{cls.__name__}: wanted an object, got {_said(image)}")
        values = {}
        for name, read_field, needed in plan:
            if name in image:
                try:
                    values[name] = read_field(image[name])
                except (TypeError, ValueError, AttributeError) as reason:
                    raise ValueError(f"{cls.__name__}.{name}: {reason}") from None
            elif needed:
                raise ValueError(f"{cls.__name__}.{name} is missing")
        return cls(**values)

    return read
