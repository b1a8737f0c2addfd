"""A running test."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Literal, Optional, Union, overload
from urllib.parse import quote

from .errors import UnknownTest
from .operations import operation
from .transport import Transport
from .types import (
    About,
    Advanced,
    Checkpoint,
    Columns,
    ForecastPointInfo,
    ForecastRequest,
    Inputs,
    Kpis,
    PointInfo,
    Points,
    Price,
    Rollout,
    Run,
    Scenario,
    ScenarioSet,
    Uncertainty,
)


class Test:
    """A running test. Used as a context manager, it is stopped at the end.

    id: the test's id, as `select` answered it; `Service.test(id)` finds the test again.
    remark: of an uploaded test case, where there is something to know.
    """

    __test__ = False  # pytest must not collect a class of this name.

    def __init__(self, transport: Transport, testid: str, remark: str | None = None) -> None:
        self.id = testid
        self.remark = remark
        self._transport = transport

    def __repr__(self) -> str:
        return f"Test({self.id!r})"

    def __enter__(self) -> "Test":
        return self

    def __exit__(
        self, kind: Optional[type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        try:
            self.stop()
        except UnknownTest:
            # It was stopped before.
            pass

    @operation("getStatus")
    def status(self) -> Literal["Queued", "Running"]:
        """`Queued` or `Running`."""
        status: Literal["Queued", "Running"] = self._transport.json("GET", f"/status/{self.id}")
        return status

    def wait_until_running(self, poll: float = 0.5) -> "Test":
        """Waits until a test that was selected without waiting runs. poll: the time between two calls, in s."""
        while self.status() != "Running":
            time.sleep(poll)
        return self

    @operation("getName")
    def name(self) -> str:
        """The name of the test case."""
        name: str = self._ask("GET", "name")["name"]
        return name

    @operation("getAboutTest")
    def about(self) -> About:
        """The description of the test case, in one call."""
        about: About = self._ask("GET", "about")
        return about

    @operation("getInputs")
    def inputs(self) -> dict[str, PointInfo]:
        """The inputs that a controller can overwrite: points by name, with unit, description and limits in that unit."""
        points: dict[str, PointInfo] = self._ask("GET", "inputs")
        return points

    @operation("getMeasurements")
    def measurements(self) -> dict[str, PointInfo]:
        """The measurements that a controller can read: points by name, with unit, description and limits in that unit."""
        points: dict[str, PointInfo] = self._ask("GET", "measurements")
        return points

    @operation("getPoints")
    def points(self) -> Points:
        """The current value of every point in its unit (see `measurements`), and `time` in s."""
        points: Points = self._ask("GET", "points")
        return points

    def time(self) -> float:
        """The test's time, in s from the start of the emulated year."""
        return self.points()["time"]

    @operation("getStep")
    def step(self) -> float:
        """The length of a step, in s."""
        step: float = self._ask("GET", "step")
        return step

    @operation("setStep")
    def set_step(self, step: float) -> float:
        """Sets the length of a step, in s."""
        length: float = self._change("PUT", "step", {"step": step})["step"]
        return length

    @operation("initialize")
    def initialize(self, start_time: float, warmup_period: float, final_time: float | None = None) -> Points:
        """Begins again at `start_time`, after a warm-up; `final_time` ends the test. All three in s.

        Clock, emulator, results and KPIs are reset, and all inputs released. Answers the value of every point.
        """
        body: dict[str, float] = {"start_time": start_time, "warmup_period": warmup_period}
        if final_time is not None:
            body["final_time"] = final_time
        points: Points = self._change("PUT", "initialize", body, label=f"simulating {warmup_period:g} s of warm-up")
        return points

    @operation("advance")
    def advance(self, inputs: Inputs | None = None) -> Points:
        """Simulates one step (see `step`, in s), and answers the value of every point at its end, each in its unit.

        inputs: values by name, in the units that `inputs` tells. One that is not named keeps its value.
        Answers `{}`, which is false, if the test was at its end before.
        """
        points: Points = self._change("POST", "advance", _by_name(inputs))
        return points

    def advance_with(
        self, inputs: Inputs | None = None, *, kpis: bool = True, forecast: ForecastRequest | None = None
    ) -> Advanced:
        """Simulates one step as `advance` does, and answers KPIs and a forecast in the same call.

        forecast: the points, horizon and interval (both in s) as the method `forecast` takes them, from the step's end on.
        The answer has `points`, and, if requested, `kpis` and `forecast`. If the forecast is refused, so is the step.
        """
        wanted = [*(["kpi"] if kpis else []), *([] if forecast is None else [{"forecast": forecast}])]
        path = f"/advance/{self.id}?with={quote(json.dumps(wanted))}"
        answer = self._transport.json("POST", path, _by_name(inputs), changes=True)
        return advanced(answer)

    def advance_many(self, inputs: Sequence[Inputs]) -> list[Points]:
        """Simulates a step for each of the inputs: all of them, or none. The answer is shorter if the test has ended."""
        steps: list[Points] = self._change("POST", "advance", list(inputs))
        return steps

    @operation("setInputs")
    def set_inputs(self, inputs: Inputs) -> dict[str, float]:
        """Sets inputs without a step, in the units that `inputs` tells. The next step of a client or of a run uses them.

        One that is not named keeps its value. Answers the values of all inputs.
        """
        values: dict[str, float] = self._change("PUT", "inputs", inputs)
        return values

    @operation("startRun")
    def run(self, speed: Union[float, Literal["max"]] = 1, until: float | None = None) -> Run:
        """Lets the test advance by itself from now on, with its current inputs (see `set_inputs`).

        speed: simulated seconds per second of real time, 0.001 to 10,000; or "max", as fast as workers can.
        until: no step goes past this time, in s; left out, the run goes on to the scenario's end.
        """
        body: dict[str, Any] = {"speed": speed}
        if until is not None:
            body["until"] = until
        run: Run = self._transport.payload("POST", f"/tests/{self.id}/run", body, changes=True)
        return run

    @operation("getRun")
    def run_status(self) -> Run | None:
        """The state of the current or the last run; None if there was none. Times and durations are in s."""
        run: Run | None = self._transport.payload("GET", f"/tests/{self.id}/run")
        return run

    @operation("pauseRun")
    def pause(self) -> Run | None:
        """Pauses the run after the current step, and returns its state. `run` continues from there."""
        run: Run | None = self._transport.payload("DELETE", f"/tests/{self.id}/run", changes=True)
        return run

    @operation("rollout")
    def rollout(
        self,
        candidates: Sequence[Sequence[Inputs]],
        *,
        step: float | None = None,
        points: Sequence[str] | None = None,
        samples: bool = False,
    ) -> list[Rollout]:
        """Tries sequences of inputs from the test's current state, and returns the result of each. The test does not change.

        step: the length of each step, in s; left out, the test's own.
        points: the points whose values are wanted; left out, all. Values are in the points' units.
        samples: whether all samples are wanted, beside the values after each step.
        """
        body: dict[str, Any] = {"candidates": candidates, "step": step, "samples": samples}
        if points is not None:
            body["points"] = list(points)
        outcomes: list[Rollout] = self._ask("POST", "rollout", body, label=f"trying {len(candidates)} candidates")
        return outcomes

    @operation("getCheckpoints")
    def checkpoints(self) -> list[Checkpoint]:
        """The test's checkpoints, oldest first, each with its time in s and its size in bytes."""
        listed: list[Checkpoint] = self._ask("GET", "checkpoints")
        return listed

    @operation("makeCheckpoint")
    def checkpoint(self, name: str) -> Checkpoint:
        """Saves the test's state under a name of 1 to 64 letters, digits, `_`, `.` or `-`."""
        made: Checkpoint = self._change("POST", "checkpoints", {"name": name})
        return made

    @operation("deleteCheckpoint")
    def delete_checkpoint(self, name: str) -> None:
        """Deletes a checkpoint. Tests that were forked from it stay."""
        path = f"/checkpoints/{self.id}/{quote(name, safe='')}"
        self._transport.payload("DELETE", path, changes=True)

    @operation("restore")
    def restore(self, checkpoint: str) -> Points:
        """Goes back to a checkpoint, results and KPIs included. Answers the value of every point, and `time` in s."""
        points: Points = self._change("PUT", "restore", {"checkpoint": checkpoint})
        return points

    @operation("fork")
    def fork(self, count: int = 1, checkpoint: str | None = None) -> list["Test"]:
        """Makes 1 to 10 tests that begin at the state of this one, or of its checkpoint."""
        body: dict[str, Any] = {"count": count}
        if checkpoint is not None:
            body["checkpoint"] = checkpoint
        ids: list[str] = self._change("POST", "fork", body)["testids"]
        return [Test(self._transport, testid, self.remark) for testid in ids]

    @overload
    def results(
        self,
        points: Sequence[str] | str | None = ...,
        start: float = ...,
        final: float = ...,
        *,
        interval: float | None = ...,
        frame: Literal[False] = ...,
    ) -> Columns: ...
    @overload
    def results(
        self,
        points: Sequence[str] | str | None = ...,
        start: float = ...,
        final: float = ...,
        *,
        interval: float | None = ...,
        frame: Literal[True],
    ) -> Any: ...

    @operation("getResults")
    def results(
        self,
        points: Sequence[str] | str | None = None,
        start: float = float("-inf"),
        final: float = float("inf"),
        *,
        interval: float | None = None,
        frame: bool = False,
    ) -> Any:
        """All samples with `start ≤ time ≤ final`, both in s: a dict of lists of equal length, `time` in s first.

        points: one name or several; left out, all inputs and measurements; their values are in their units.
        interval: one sample for each interval of so many s, the first in it; 3600 gives hourly values.
        frame: as a pandas DataFrame, with `time` as its index.
        """
        if points is None:
            points = [*self.inputs(), *self.measurements()]
        elif isinstance(points, str):
            points = [points]
        body = {"point_names": list(points), "start_time": _limit(start), "final_time": _limit(final)}
        if interval is not None:
            body["interval"] = interval
        return _columns(self._ask("PUT", "results", body), frame)

    @operation("getKpis")
    def kpis(self) -> Kpis:
        """The nine KPIs since the test's start; None if a KPI does not apply.

        ener_tot in kWh/m², cost_tot in $/m² or €/m², emis_tot in kgCO₂/m², tdis_tot in K·h per zone, idis_tot in ppm·h
        per zone, pele_tot, pgas_tot and pdih_tot in kW/m², time_rat without a unit.
        """
        kpis: Kpis = self._ask("GET", "kpi")
        return kpis

    @operation("getScenario")
    def scenario(self) -> Scenario:
        """The current scenario; None for fields that are not set."""
        scenario: Scenario = self._ask("GET", "scenario")
        return scenario

    @operation("setScenario")
    def set_scenario(
        self,
        *,
        electricity_price: Price | None = None,
        time_period: str | None = None,
        temperature_uncertainty: Uncertainty | None = None,
        solar_uncertainty: Uncertainty | None = None,
        seed: int | None = None,
    ) -> ScenarioSet:
        """Changes the scenario. If price or time period are left out, they stay; the other three are then unset.

        A time period, one of the test case's named days, begins the test anew a week before that day, after a week of
        warm-up, and ends it two weeks later. The answer has under `time_period` the value of every point then.
        """
        change = {
            "electricity_price": electricity_price,
            "time_period": time_period,
            "temperature_uncertainty": temperature_uncertainty,
            "solar_uncertainty": solar_uncertainty,
            "seed": seed,
        }
        given = {name: value for name, value in change.items() if value is not None}
        label = "setting the scenario" if time_period is None else f"warming up for {time_period}"
        answer: ScenarioSet = self._change("PUT", "scenario", given, label=label)
        return answer

    @operation("getForecastPoints")
    def forecast_points(self) -> dict[str, ForecastPointInfo]:
        """The points that can be forecast, by name, with unit and description."""
        points: dict[str, ForecastPointInfo] = self._ask("GET", "forecast_points")
        return points

    @overload
    def forecast(
        self, points: Sequence[str] | str, horizon: float, interval: float, *, frame: Literal[False] = ...
    ) -> Columns: ...
    @overload
    def forecast(
        self, points: Sequence[str] | str, horizon: float, interval: float, *, frame: Literal[True]
    ) -> Any: ...

    @operation("getForecast")
    def forecast(self, points: Sequence[str] | str, horizon: float, interval: float, *, frame: bool = False) -> Any:
        """Boundary conditions from now on, every `interval` up to and including `horizon`, both in s.

        points: one name or several (see `forecast_points`).
        A dict of lists of equal length, `time` in s first, each point in its unit.
        frame: as a pandas DataFrame, with `time` as its index.
        """
        names = [points] if isinstance(points, str) else list(points)
        body = {"point_names": names, "horizon": horizon, "interval": interval}
        return _columns(self._ask("PUT", "forecast", body), frame)

    @operation("submit")
    def submit(self, api_key: str, tags: Sequence[str] = (), *, dry_run: bool = False) -> dict[str, Any]:
        """Reports a test that has reached the end of a time period to the results dashboard.

        api_key: the client's key for the dashboard; tags: 10 at most. Answers the report's `identifier`.
        dry_run: tells what would be sent, and sends nothing.
        """
        body: dict[str, str] = {"api_key": api_key, **{f"tag{i}": tag for i, tag in enumerate(tags, 1)}}
        if dry_run:
            body["unit_test"] = "True"
        answer: dict[str, Any] = self._change("POST", "submit", body, once=True)
        return answer

    @operation("getRequest")
    def request(self, requestid: str, wait: float = 25) -> Any:
        """Waits for the answer to a request of this test, and returns its payload; one HTTP call waits for `wait` s.

        This client waits for its own requests by itself: this method is for requests of an earlier program.
        """
        return self._transport.payload("GET", f"/requests/{self.id}/{quote(requestid, safe='')}?wait={wait:g}")

    @operation("stop")
    def stop(self) -> None:
        """Removes the test, queued or running. Its id is unknown from then on."""
        self._transport.text("PUT", f"/stop/{self.id}", changes=True)

    def _ask(self, method: str, route: str, body: Any = None, **how: Any) -> Any:
        return self._transport.payload(method, f"/{route}/{self.id}", body, **how)

    def _change(self, method: str, route: str, body: Mapping[str, Any] | list[Any], **how: Any) -> Any:
        return self._ask(method, route, body, changes=True, **how)


def advanced(answer: Mapping[str, Any]) -> Advanced:
    """The answer to an advance with `with`, of a single call or of a batch."""
    more = answer.get("with", {})
    return {"points": answer["payload"], "kpis": more.get("kpi"), "forecast": more.get("forecast")}


def _by_name(inputs: Inputs | None) -> Inputs:
    if inputs is not None and not isinstance(inputs, Mapping):
        example = 'test.advance({"oveAct_u": 1000, "oveAct_activate": 1})'
        raise TypeError(f"advance takes values of inputs by name, as in {example}, and not {inputs!r}")
    return inputs or {}


def _limit(seconds: float) -> float | str:
    """JSON has no infinity; the service accepts the word."""
    return str(seconds) if seconds in (float("inf"), float("-inf")) else seconds


def _columns(columns: Columns, frame: bool) -> Any:
    if not frame:
        return columns
    try:
        import pandas
    except ImportError as error:
        raise ImportError("A DataFrame needs pandas: pip install 'boptest-serverless[pandas]'") from error
    return pandas.DataFrame(columns).set_index("time")
