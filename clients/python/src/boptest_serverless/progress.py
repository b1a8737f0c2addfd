"""Progress bars for long calls, if tqdm is installed and standard error is a terminal."""

from __future__ import annotations

import sys
import threading
from typing import Any


def shows_progress(wanted: bool | None) -> bool:
    """Whether bars are shown: as requested, or, by default, if standard error is a terminal."""
    return sys.stderr.isatty() if wanted is None else wanted


class Bar:
    """A bar of bytes, or, without a total, of elapsed seconds. Does nothing without tqdm."""

    def __init__(self, label: str, total: int | None, shown: bool) -> None:
        self._bar: Any = None
        self._done = threading.Event()
        if not shown:
            return
        try:
            from tqdm import tqdm
        except ImportError:
            return
        if total is not None:
            self._bar = tqdm(total=total, desc=label, unit="B", unit_scale=True, leave=False)
            return
        self._bar = tqdm(desc=label, bar_format="{desc}: {elapsed}", leave=False)
        # A waiting call reports nothing, so that a timer advances the bar.
        threading.Thread(target=self._tick, daemon=True).start()

    def _tick(self) -> None:
        while not self._done.wait(1):
            self._bar.refresh()

    def add(self, amount: int) -> None:
        if self._bar is not None:
            self._bar.update(amount)

    def close(self) -> None:
        self._done.set()
        if self._bar is not None:
            self._bar.close()
