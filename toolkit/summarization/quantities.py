"""The figures and times that sentences give, and whether two of them can be true of one thing."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

_ABOUT_BY = Decimal("0.05")
"""A figure given as `khoảng` so much may be off by this part."""
_GROUP = 1000
_ABOVE, _BELOW = frozenset(("hơn", "trên")), "gần"


@dataclass(frozen=True, slots=True)
class Figure:
    """How much or how many a sentence says.

    Attributes
    ----------
    value, step : Decimal
        The number, and what its last digit counts.
    currency : str
        Of an amount of money.
    text : str
        The words for it and for what it counts, as written.
    about : str
        The word before it that makes it only about so much (``khoảng``), more (``hơn``) or less (``gần``).
    direction : str
        ``tăng`` or ``giảm`` where one of them stands before it.
    """

    value: Decimal
    step: Decimal
    currency: str
    text: str
    about: str = ""
    direction: str = ""

    @property
    def told(self) -> tuple[Decimal, str, str, bool]:
        """What it says, but for how exactly; what stays below a number differs from what reaches it."""
        return self.value, self.currency, self.direction, self.about == _BELOW

    @property
    def _number(self) -> str:
        return self.text.partition(" ")[0]

    def agrees(self, other: Figure) -> bool:
        """Return whether both can be true of one thing: they are equal, or one is the other rounded.

        Of two currencies the numbers may be one amount exchanged, unless they are equal.
        """
        off = abs(self.value - other.value)
        if self.currency != other.currency:
            return off > 0
        if not off and _BELOW in (self.about, other.about) and {self.about, other.about} & _ABOVE:
            return False
        low, high = sorted((self, other), key=lambda figure: figure.value)
        # `12,500 xe` and `12.500 xe`
        spelt = "," in low._number and low._number.replace(",", ".") == high._number
        if spelt and high.value == _GROUP * low.value:
            return self.direction == other.direction
        rounded = off <= max(self.step, other.step) / 2
        about = bool(self.about or other.about) and off <= _ABOUT_BY * max(self.value, other.value)
        return self.direction == other.direction and (rounded or about)


@dataclass(frozen=True, slots=True)
class Time:
    """A day, month, quarter, year or span of months that a sentence names; what it leaves open is empty."""

    kind: str
    number: str
    month: str = ""
    year: str = ""

    @property
    def text(self) -> str:
        """A day in figures (``ngày 31/12/2025``)."""
        return "ngày " + "/".join(filter(None, (self.number, self.month, self.year)))

    def is_near(self, other: Time, days: int) -> bool:
        """Return whether two days, of one year as far as they say, are at most so many days apart."""
        if (self.kind, other.kind) != ("day", "day") or len({self.year, other.year} - {""}) > 1:
            return False
        mine, its = (int(one.month) * 30 + int(one.number) for one in (self, other))
        return abs(mine - its) <= days
