"""What the service answers, by names."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any


class UnknownName(KeyError):
    """There is nothing of this name; the message tells the names that there are."""

    def __str__(self) -> str:
        return str(self.args[0])


class Named(dict[str, Any]):
    """A dict whose KeyError lists the known names."""

    def __missing__(self, name: str) -> Any:
        if not self:
            # So is an advance answered after the test's end.
            raise UnknownName(f"There is no {name!r}: the answer is empty")
        close = get_close_matches(str(name), self, 1)
        meant = f"; did you mean {close[0]!r}?" if close else ""
        raise UnknownName(f"There is no {name!r} among {', '.join(self)}{meant}")
