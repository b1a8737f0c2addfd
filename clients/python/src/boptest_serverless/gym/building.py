"""A test that is led through episodes: one warm-up, a checkpoint, and a restore for every episode after the first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..test import Test
from ..types import Columns, Kpis, Points
from .spaces import Coder
from .task import Task

START = "start"
YEAR, DAY = 365 * 86400, 86400


@dataclass(frozen=True)
class Seen:
    """What is known after a step."""

    points: Points
    kpis: Kpis
    forecast: Columns | None


def prepare(test: Test, task: Task, start: float | None = None) -> float:
    """Brings a new test to the beginning of an episode, and keeps it there under a checkpoint. Returns its end, in s.

    start: in place of the task's `start_time`.
    """
    test.set_step(task.step)
    if task.scenario:
        answer = test.set_scenario(**task.scenario)
        points = answer["time_period"]
        if points is not None:
            test.checkpoint(START)
            return points["time"] + 14 * DAY
    begin = task.start_time if start is None else start
    test.initialize(begin, task.warmup_period, begin + task.episode)
    test.checkpoint(START)
    return begin + task.episode


def look(test: Test, coder: Coder, points: Points) -> Seen:
    """What an agent needs to know beside the points."""
    wanted = coder.forecast
    forecast = None if wanted is None else test.forecast(wanted["point_names"], wanted["horizon"], wanted["interval"])
    return Seen(points, test.kpis(), forecast)


def reset(test: Test, coder: Coder, task: Task, seed: int) -> Seen:
    """Goes back to the episode's beginning. seed: for the errors of forecasts, where the task has them and no seed."""
    points = test.restore(START)
    if draws_errors(task):
        test.set_scenario(**{**without_period(task.scenario), "seed": seed})
    return look(test, coder, points)


def step(test: Test, coder: Coder, inputs: dict[str, float]) -> Seen:
    points = test.advance(inputs)
    if not points:
        return look(test, coder, test.points())
    return look(test, coder, points)


def draws_errors(task: Task) -> bool:
    uncertain = any(task.scenario.get(f"{kind}_uncertainty") not in (None, "none") for kind in ("temperature", "solar"))
    return uncertain and task.scenario.get("seed") is None


def without_period(scenario: Any) -> dict[str, Any]:
    """To set a time period again would begin a new warm-up."""
    return {name: value for name, value in scenario.items() if name != "time_period"}
