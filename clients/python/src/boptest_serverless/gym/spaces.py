"""Observations and actions as arrays, with their declared ranges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Optional

import numpy as np
from gymnasium import spaces

from ..test import Test
from ..types import Columns, ForecastRequest, Kpis, PointInfo, Points
from .task import Task


class Seen(NamedTuple):
    """The state of a building at the beginning, or after a step."""

    points: Points
    kpis: Kpis
    forecast: Optional[Columns]


class Coder:
    """Turns points and forecasts into a task's observations, and a task's actions into inputs."""

    def __init__(self, test: Test, task: Task) -> None:
        measurements, forecasts, inputs = test.measurements(), test.forecast_points(), test.inputs()
        self._task = task
        self.forecasts = [name for name in task.observations if name in forecasts and name not in measurements]
        self._count = 1 + int(task.horizon // (task.interval or task.step))
        low: list[float] = []
        high: list[float] = []
        for name, declared in task.observations.items():
            if name != "time" and name not in measurements and name not in forecasts:
                known = ", ".join(["time", *measurements, *forecasts])
                raise ValueError(f"{name} is neither `time`, a measurement nor a forecast point: {known}")
            lowest, highest = declared or _limits(name, measurements.get(name))
            width = self._count if name in self.forecasts else 1
            low += [lowest] * width
            high += [highest] * width
        for name in task.actions:
            if name not in inputs or name.endswith("_activate"):
                known = ", ".join(each for each in inputs if not each.endswith("_activate"))
                raise ValueError(f"{name} is no input: {known}")
        limits = [_limits(name, inputs[name]) for name in task.actions]
        self._low, self._high = np.array(low), np.array(high)
        self._lowest = np.array([lowest for lowest, _ in limits])
        self._highest = np.array([highest for _, highest in limits])
        if task.normalize:
            ends = np.concatenate([self._low, self._high, self._lowest, self._highest])
            if not np.all(np.isfinite(ends)):
                raise ValueError("Only finite ranges can be scaled to -1 … 1: declare one for each observation")
        self.observation_space = self._box(self._low, self._high)
        self.action_space = self._box(self._lowest, self._highest)

    @property
    def forecast(self) -> ForecastRequest | None:
        """The arguments of `Test.forecast` for an observation; None without a forecast."""
        if not self.forecasts:
            return None
        interval = self._task.interval or self._task.step
        return {"point_names": self.forecasts, "horizon": (self._count - 1) * interval, "interval": interval}

    def observe(self, buildings: Sequence[Seen]) -> Any:
        """The observations, a row for each building."""
        seen = np.clip([self._values(points, forecast) for points, _, forecast in buildings], self._low, self._high)
        if self._task.normalize:
            seen = 2 * (seen - self._low) / (self._high - self._low) - 1
        return seen.astype(np.float32)

    def inputs(self, actions: Any) -> list[dict[str, float]]:
        """The inputs of each action. actions: a row for each building."""
        chosen = np.asarray(actions, dtype=np.float64)
        if chosen.ndim != 2 or chosen.shape[1:] != self._lowest.shape:
            raise ValueError(f"An action has {len(self._lowest)} values, not the shape {chosen.shape[1:]}")
        if self._task.normalize:
            chosen = self._lowest + (np.clip(chosen, -1, 1) + 1) / 2 * (self._highest - self._lowest)
        chosen = np.clip(chosen, self._lowest, self._highest)
        active = {f"{name.removesuffix('_u')}_activate": 1.0 for name in self._task.actions}
        return [{**dict(zip(self._task.actions, values)), **active} for values in chosen.tolist()]

    def _values(self, points: Points, forecast: Columns | None) -> list[float]:
        values: list[float] = []
        for name, declared in self._task.observations.items():
            if name in self.forecasts:
                assert forecast is not None
                values += forecast[name]
            elif name == "time" and declared is not None:
                values.append(points["time"] % declared[1])
            else:
                values.append(points[name])
        return values

    def _box(self, low: Any, high: Any) -> Any:
        if self._task.normalize:
            low, high = np.full_like(low, -1), np.full_like(high, 1)
        # Rounded to 32 bits, a range must still contain its ends.
        return spaces.Box(low.astype(np.float32), high.astype(np.float32), dtype=np.float32)


def _limits(name: str, info: PointInfo | None) -> tuple[float, float]:
    """A point's own limits; infinite without limits."""
    if name == "time":
        return 0.0, float("inf")
    about: Mapping[str, Any] = info or {}
    low, high = about.get("Minimum"), about.get("Maximum")
    return (float("-inf") if low is None else low), (float("inf") if high is None else high)
