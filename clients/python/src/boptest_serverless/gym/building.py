"""A test that is led through episodes: one warm-up, a checkpoint, and a restore for every episode after the first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Optional

from ..service import Service
from ..test import Test, advanced
from ..types import Advanced
from .spaces import Coder, Seen
from .task import Task

START = "start"
YEAR, DAY = 365 * 86400, 86400
#: Of one batch.
MAX_MESSAGES = 256

Message = dict[str, Any]


def prepare(test: Test, task: Task, start: float | None = None) -> float:
    """Brings a new test to the beginning of an episode, and saves a checkpoint there. Returns its end, in s.

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


def keep(service: Service, tests: Sequence[Test]) -> None:
    """Saves a checkpoint of each test, at which episodes begin."""
    for some in _groups(tests):
        service.batch([_message(test, "checkpoint", {"name": START}) for test in some], strict=True)


def stop(service: Service, tests: Sequence[Test]) -> None:
    """Stops the tests; those that were stopped before are ignored."""
    for some in _groups(tests):
        service.batch([_message(test, "stop", {}) for test in some])


def resetting(test: Test, coder: Coder, task: Task, seed: int) -> list[Message]:
    """The messages that restore a building's beginning of an episode, and return the observation there.

    seed: for the errors of forecasts, where the task has them and no seed.
    """
    messages = [_message(test, "restore", {"checkpoint": START})]
    if draws_errors(task):
        messages.append(_message(test, "set_scenario", {**without_period(task.scenario), "seed": seed}))
    messages.append(_message(test, "get_kpis", {}))
    if coder.forecast is not None:
        messages.append(_message(test, "get_forecast", dict(coder.forecast)))
    return messages


def stepping(test: Test, coder: Coder, inputs: dict[str, float]) -> list[Message]:
    """The message that takes a step, and returns the observation at its end."""
    wanted = ["kpi", *([] if coder.forecast is None else [{"forecast": coder.forecast}])]
    return [{**_message(test, "advance", inputs), "with": wanted}]


def carry_out(service: Service, buildings: Sequence[list[Message]]) -> list[Optional[Seen]]:
    """Sends the messages of all buildings, in one call for every 256, and returns each building's result.

    None for a building that was at its test's end before.
    """
    seen: list[Optional[Seen]] = []
    waiting: list[list[Message]] = []
    for messages in buildings:
        if sum(map(len, waiting)) + len(messages) > MAX_MESSAGES:
            seen += _send(service, waiting)
            waiting = []
        waiting.append(messages)
    return seen + _send(service, waiting)


def step(test: Test, coder: Coder, inputs: dict[str, float]) -> Optional[Seen]:
    """Takes a step of one building, in one call; None if the test was at its end before."""
    return _seen(test.advance_with(inputs, forecast=coder.forecast))


def _send(service: Service, buildings: list[list[Message]]) -> list[Optional[Seen]]:
    answers = iter(service.batch([message for messages in buildings for message in messages], strict=True))
    seen: list[Optional[Seen]] = []
    for messages in buildings:
        by_method = {message["method"]: next(answers) for message in messages}
        if "advance" in by_method:
            seen.append(_seen(advanced(by_method["advance"])))
            continue
        forecast = by_method["get_forecast"]["payload"] if "get_forecast" in by_method else None
        seen.append(Seen(by_method["restore"]["payload"], by_method["get_kpis"]["payload"], forecast))
    return seen


def _seen(after: Advanced) -> Optional[Seen]:
    assert after["kpis"] is not None
    return Seen(after["points"], after["kpis"], after["forecast"]) if after["points"] else None


def _groups(tests: Sequence[Test]) -> list[Sequence[Test]]:
    return [tests[i : i + MAX_MESSAGES] for i in range(0, len(tests), MAX_MESSAGES)]


def _message(test: Test, method: str, params: Mapping[str, Any]) -> Message:
    return {"testid": test.id, "method": method, "params": params}


def draws_errors(task: Task) -> bool:
    uncertain = any(task.scenario.get(f"{kind}_uncertainty") not in (None, "none") for kind in ("temperature", "solar"))
    return uncertain and task.scenario.get("seed") is None


def without_period(scenario: Any) -> dict[str, Any]:
    """Without the time period, because setting it again would start a new warm-up."""
    return {name: value for name, value in scenario.items() if name != "time_period"}
