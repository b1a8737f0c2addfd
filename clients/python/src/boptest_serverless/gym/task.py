"""A learning task: the building, the observations, the actions and the reward."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Callable, Optional

from ..types import Kpis

Range = Optional[tuple[float, float]]
Reward = Callable[[Kpis, Kpis], float]

WEEK = 7 * 86400.0


@dataclass(frozen=True)
class Task:
    """All times are in s, all values in their points' units.

    testcase: the test case's name.
    observations: the observed points, by name, each with its range (lowest, highest); None takes the point's own limits.
        `time` is the test's time modulo the range's upper end: (0, 86400) for the time of the day, (0, 604800) for that of
        the week. A measurement is its value. A forecast point is its values from now up to `horizon`, every `interval`.
        A value outside its range is seen as the range's end.
    actions: the inputs that the agent chooses, such as `oveAct_u`, each activated at every step. Their ranges are the
        points' own.
    step: the length of a step.
    start_time, warmup_period, episode: where an episode begins, after which warm-up, and how long it lasts. Left out where
        `scenario` has a `time_period`, which lasts two weeks.
    scenario: the arguments of `Test.set_scenario`. With an uncertainty and no seed of its own, every reset draws one.
    horizon, interval: of forecasts; `interval` left out is the step.
    discomfort_weight: what 1 K·h of discomfort costs, in the currency per m² of `cost_tot`.
    reward: in place of minus the growth of cost_tot + discomfort_weight · tdis_tot: takes the KPIs before and after a step.
    random_start: an episode begins at the start of a day that the environment's generator draws from the year, each after a
        warm-up of its own, and not at `start_time`.
    normalize: observations and actions are scaled to −1 … 1.
    """

    testcase: str
    observations: Mapping[str, Range]
    actions: Sequence[str]
    step: float = 900
    start_time: float = 0
    warmup_period: float = 0
    episode: float = WEEK
    scenario: Mapping[str, Any] = field(default_factory=dict)
    horizon: float = 0
    interval: Optional[float] = None
    discomfort_weight: float = 1.0
    reward: Optional[Reward] = None
    random_start: bool = False
    normalize: bool = False

    def __post_init__(self) -> None:
        if not isinstance(self.observations, Mapping):
            example = '{"TRooAir_y": (280, 310), "TDryBul": None}'
            raise TypeError(f"observations are ranges by name, as in {example}, and not {self.observations!r}")
        if isinstance(self.actions, str):
            raise TypeError(f"actions is a list of inputs, as in [{self.actions!r}], and not {self.actions!r}")
        if not self.observations or not self.actions:
            raise ValueError("A task needs at least one observation and one action")
        for name, declared in self.observations.items():
            if declared is not None and not declared[0] < declared[1]:
                raise ValueError(
                    f"The range of {name} is {declared}: its lowest value must come first, below its highest"
                )
        for what in ("step", "episode", "interval"):
            given = getattr(self, what)
            if given is not None and not given > 0:
                raise ValueError(f"{what} is {given}: it must be a number of seconds above 0")
        if self.horizon < 0:
            raise ValueError(f"horizon is {self.horizon}: it must be a number of seconds, 0 or more")
        if self.random_start and "time_period" in self.scenario:
            raise ValueError("A time period has a fixed start: use random_start without it")

    def pay(self, before: Kpis, after: Kpis) -> float:
        """The reward for a step."""
        if self.reward is not None:
            return self.reward(before, after)
        return self._price(before) - self._price(after)

    def _price(self, kpis: Kpis) -> float:
        return (kpis["cost_tot"] or 0.0) + self.discomfort_weight * (kpis["tdis_tot"] or 0.0)


def require_task(task: Any) -> Task:
    if not isinstance(task, Task):
        raise TypeError(f"The task must be a boptest_serverless.gym.Task, and not {task!r}")
    return task
