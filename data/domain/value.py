"""The base of the values that travel between the layers."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import get_annotations
from types import MappingProxyType
from typing import Any, ClassVar, Self, dataclass_transform

_NOTHING: Mapping[str, object] = MappingProxyType({})


@dataclass_transform(kw_only_default=True, frozen_default=True)
class Frozen:
    """An immutable value made of named fields, which the program itself fills in: types are mypy's to check.

    What comes from files, forms or tables as JSON is read into `data.domain.validated.Validated` instead.

        class Hold(Frozen):
            reason: str
            by: str = ""

        class After(Frozen, kw_only=False):
            row: Row

    As `dataclass(frozen=True, kw_only=True)`, which compiles six methods for every class, a millisecond each
    time the program starts.
    """

    _fields: ClassVar[Mapping[str, object]] = _NOTHING
    """The names in their order; what they stand for here is nothing."""
    _defaults: ClassVar[Mapping[str, object]] = _NOTHING
    __match_args__: ClassVar[tuple[str, ...]] = ()
    """The fields that may be given by their places, as in `match`."""

    def __init_subclass__(cls, *, kw_only: bool = True) -> None:
        super().__init_subclass__()
        own = get_annotations(cls)
        cls._fields = dict.fromkeys((*cls._fields, *own))
        given = {name: cls.__dict__[name] for name in own if name in cls.__dict__}
        cls._defaults = MappingProxyType({**cls._defaults, **given})
        # mypy makes its own of the fields.
        cls.__match_args__ = (*cls.__match_args__, *(() if kw_only else own))  # type: ignore[misc]

    def __init__(self, *placed: Any, **named: Any) -> None:
        if placed or named.keys() != self._fields.keys():
            named = self._whole(placed, named)
        self.__dict__.update(named)

    @classmethod
    def _whole(cls, placed: tuple[Any, ...], named: dict[str, Any]) -> dict[str, Any]:
        """All fields. Raises `TypeError`."""
        whole = {**cls._defaults, **named, **dict(zip(cls.__match_args__, placed, strict=False))}
        if whole.keys() != cls._fields.keys() or len(placed) > len(cls.__match_args__):
            odd = ", ".join(sorted(whole.keys() ^ cls._fields.keys()))
            raise TypeError(f"{cls.__name__}: missing, unknown or too many: {odd}")
        return whole

    def model_copy(self, *, update: Mapping[str, Any] = _NOTHING) -> Self:
        """The same value but for some fields, as `Validated` has it too."""
        return type(self)(**{**self._values(), **update})

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen: {name}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen: {name}")

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._values() == other._values()

    def __hash__(self) -> int:
        return hash((type(self), *self._values().values()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in self._values().items())})"

    def _values(self) -> dict[str, Any]:
        """The fields in their order: beside them stands what `cached_property` keeps."""
        kept = self.__dict__
        return {name: kept[name] for name in self._fields}
