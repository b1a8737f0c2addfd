"""One building."""

from __future__ import annotations

from typing import Any, Optional

import gymnasium
import numpy as np

from ..errors import UnknownTest
from ..service import Service
from ..test import Test
from . import building
from .spaces import Coder, Seen
from .task import Task, require_task


class BuildingEnv(gymnasium.Env[Any, Any]):
    """A building as a Gymnasium environment.

    An episode is never terminated; it is truncated at its end. The first reset begins a test and warms it up; each later
    one goes back to a checkpoint, with no new warm-up, unless the task draws its start. `close` stops the test.

    service: the service, or its address.
    """

    metadata: dict[str, Any] = {"render_modes": []}

    def __init__(self, service: Service | str, task: Task, render_mode: Optional[str] = None) -> None:
        self.render_mode = render_mode
        self.task = require_task(task)
        self._service = service if isinstance(service, Service) else Service(service)
        self.test: Test = self._service.select(task.testcase)
        try:
            self._coder = Coder(self.test, task)
        except BaseException:
            self.test.stop()
            raise
        self.observation_space = self._coder.observation_space
        self.action_space = self._coder.action_space
        self._seen: Optional[Seen] = None
        self._end = 0.0

    def reset(
        self, *, seed: Optional[int] = None, options: Optional[dict[str, Any]] = None
    ) -> tuple[Any, dict[str, Any]]:
        """Begins an episode. options: `{"start_time": s}` begins it at another time, after a new warm-up."""
        super().reset(seed=seed)
        start = (options or {}).get("start_time")
        if start is None and self.task.random_start:
            days = int((building.YEAR - self.task.episode) // building.DAY)
            start = float(self.np_random.integers(0, max(days, 0) + 1) * building.DAY)
        drawn = int(self.np_random.integers(0, 2**31)) if building.draws_errors(self.task) else 0
        if self._seen is None or start is not None:
            if self._seen is not None:
                self.test.delete_checkpoint(building.START)
            self._end = building.prepare(self.test, self.task, start)
            self._moved = start is not None
        elif self._moved:
            # The last episode began at another time.
            self.test.delete_checkpoint(building.START)
            self._end = building.prepare(self.test, self.task)
            self._moved = False
        messages = building.resetting(self.test, self._coder, self.task, drawn)
        (self._seen,) = building.carry_out(self._service, [messages])
        return self._observe(), self._info()

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        if self._seen is None:
            raise RuntimeError("Call reset before step")
        before = self._seen
        (inputs,) = self._coder.inputs(np.asarray(action)[None])
        # A test does not change after its end.
        self._seen = building.step(self.test, self._coder, inputs) or before
        reward = self.task.pay(before.kpis, self._seen.kpis)
        truncated = self._seen.points["time"] >= self._end
        return self._observe(), float(reward), False, bool(truncated), self._info()

    def close(self) -> None:
        try:
            self.test.stop()
        except UnknownTest:
            # It was closed before.
            pass

    def _observe(self) -> np.ndarray[Any, Any]:
        assert self._seen is not None
        seen: np.ndarray[Any, Any] = self._coder.observe([self._seen])[0]
        return seen

    def _info(self) -> dict[str, Any]:
        """The KPIs, and the value of every point."""
        assert self._seen is not None
        return {"time": self._seen.points["time"], "kpis": self._seen.kpis, "points": self._seen.points}
