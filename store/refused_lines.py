"""Lines that are refused, as far as they can be read: so that the books may say in the same answer what they know."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Annotated, Any, Final, get_args, get_origin, get_type_hints

from pydantic import BaseModel, TypeAdapter, ValidationError

Read = Callable[[Any], Any]


# Stands where a value is missing or wrong: it is equal to nothing that is right.
_UNREAD: Final = object()


def is_readable(*values: object) -> bool:
    """Whether none of these values of a line is missing or wrong."""
    return all(value is not _UNREAD for value in values)


def as_far_as_read(shape: type[BaseModel], values: Mapping[str, Any]) -> Any:
    """An unchecked `shape` out of the fields that are right in themselves; what the others hold is not readable."""
    fields: dict[str, Any] = {}
    for name, read in _readers(shape).items():
        if name in values:
            fields[name] = read(values[name])
        elif shape.model_fields[name].is_required():
            fields[name] = _UNREAD
    return shape.model_construct(**fields)


@cache
def _readers(shape: type[BaseModel]) -> dict[str, Read]:
    hints = get_type_hints(shape, include_extras=True)
    return {name: _reader(hints[name]) for name in shape.model_fields}


def _reader(hint: Any) -> Read:
    bare = get_args(hint)[0] if get_origin(hint) is Annotated else hint
    if get_origin(bare) is list:
        read_item = _reader(get_args(bare)[0])
        return lambda value: [read_item(item) for item in value] if isinstance(value, list) else []
    adapter: TypeAdapter[Any] = TypeAdapter(hint)
    is_shape = isinstance(bare, type) and issubclass(bare, BaseModel)

    def read(value: Any) -> Any:
        try:
            return adapter.validate_python(value)
        except ValidationError:
            return as_far_as_read(bare, value) if is_shape and isinstance(value, Mapping) else _UNREAD

    return read
