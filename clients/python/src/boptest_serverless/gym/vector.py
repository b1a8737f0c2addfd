"""Many buildings at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Optional

import numpy as np
from gymnasium.vector import VectorEnv
from gymnasium.vector.utils import batch_space

from ..service import Service
from ..test import Test
from . import building
from .spaces import Coder, Seen
from .task import Task, require_task

try:
    from gymnasium.vector import AutoresetMode

    NEXT_STEP: Any = AutoresetMode.NEXT_STEP
except ImportError:  # Before gymnasium 1.1 this was the only mode, and had no name.
    NEXT_STEP = "NextStep"

MAX_FORKS = 10


class BuildingVectorEnv(VectorEnv[Any, Any, Any]):
    """Buildings of one task, side by side, each with its own actions.

    One test is warmed up and kept under a checkpoint; the others are its forks, which share what came before. A reset goes
    back to that checkpoint, and never warms up again. After an episode's end the next step resets, as Gymnasium's
    `AutoresetMode.NEXT_STEP` does: this step's actions are ignored, and its reward is 0.

    A step is one call for every 256 buildings, KPIs and forecasts included; a reset is one for every 64 or more.

    service: the service, or its address. num_envs: how many buildings.
    """

    metadata: dict[str, Any] = {"render_modes": [], "autoreset_mode": NEXT_STEP}

    def __init__(self, service: Service | str, task: Task, num_envs: int) -> None:
        if require_task(task).random_start:
            raise ValueError("Buildings side by side share one warm-up: random_start is for BuildingEnv")
        if num_envs < 1:
            raise ValueError("There must be at least one building")
        self.task = task
        self.num_envs = num_envs
        self.closed = False
        self.render_mode = None
        self._service = service if isinstance(service, Service) else Service(service)
        self.tests: list[Test] = [self._service.select(task.testcase)]
        try:
            self._coder = Coder(self.tests[0], task)
            self._end = building.prepare(self.tests[0], task)
            while len(self.tests) < num_envs:
                self.tests += self.tests[0].fork(min(num_envs - len(self.tests), MAX_FORKS))
            building.keep(self._service, self.tests[1:])
        except BaseException:
            self.close()
            raise
        self.single_observation_space = self._coder.observation_space
        self.single_action_space = self._coder.action_space
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self._seen: list[Seen] = []
        self._over = np.zeros(num_envs, dtype=bool)

    def reset(
        self, *, seed: int | Sequence[int | None] | None = None, options: Optional[dict[str, Any]] = None
    ) -> tuple[Any, dict[str, Any]]:
        first = seed if isinstance(seed, int) or seed is None else seed[0]
        super().reset(seed=first)
        seeds = self._draw()
        self._seen = self._carry_out([self._resetting(i, seeds) for i in range(self.num_envs)])
        self._over[:] = False
        return self._observe(), self._info()

    def step(self, actions: Any) -> tuple[Any, Any, Any, Any, dict[str, Any]]:
        if not self._seen:
            raise RuntimeError("Call reset before step")
        inputs = self._coder.inputs(actions)
        if len(inputs) != self.num_envs:
            raise ValueError(f"There are {self.num_envs} buildings, and {len(inputs)} actions")
        before, over = self._seen, self._over.copy()
        seeds = self._draw() if over.any() else []
        self._seen = self._carry_out(
            [
                self._resetting(i, seeds) if over[i] else building.stepping(test, self._coder, inputs[i])
                for i, test in enumerate(self.tests)
            ]
        )
        paid = [self.task.pay(old.kpis, new.kpis) for old, new in zip(before, self._seen)]
        rewards = np.where(over, 0.0, paid)
        truncated = np.array([seen.points["time"] >= self._end for seen in self._seen])
        self._over = truncated.copy()
        return self._observe(), rewards, np.zeros(self.num_envs, dtype=bool), truncated, self._info()

    def close_extras(self, **_kwargs: Any) -> None:
        building.stop(self._service, self.tests)

    def _resetting(self, i: int, seeds: Sequence[int]) -> list[building.Message]:
        return building.resetting(self.tests[i], self._coder, self.task, seeds[i])

    def _carry_out(self, messages: Sequence[list[building.Message]]) -> list[Seen]:
        """An episode ends before its test does, so that every step has a result."""
        return [seen for seen in building.carry_out(self._service, messages) if seen is not None]

    def _draw(self) -> list[int]:
        """Seeds for the errors of forecasts; the generator is not used if the task draws none."""
        if not building.draws_errors(self.task):
            return [0] * self.num_envs
        return [int(each) for each in self.np_random.integers(0, 2**31, self.num_envs)]

    def _observe(self) -> Any:
        return self._coder.observe(self._seen)

    def _info(self) -> dict[str, Any]:
        """The KPIs of each building, as arrays; NaN if a KPI does not apply."""
        names = self._seen[0].kpis.keys()
        kpis = {name: np.array([_number(dict(seen.kpis)[name]) for seen in self._seen]) for name in names}
        return {"time": np.array([seen.points["time"] for seen in self._seen]), "kpis": kpis}


def _number(value: Any) -> float:
    return float("nan") if value is None else float(value)
