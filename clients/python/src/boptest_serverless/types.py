"""The types of the service's inputs and answers. Times are seconds from the start of the emulated year."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Optional, TypedDict, Union

#: The value of every point at one time, `time` included; empty if the test had ended before.
Points = dict[str, float]
#: Columns of equal length, `time` included.
Columns = dict[str, list[float]]
#: The inputs of one step by name: `<name>_u` in the point's unit, `<name>_activate` 1 or 0.
Inputs = Mapping[str, Union[float, int, bool, str, None]]
Price = Literal["constant", "dynamic", "highly_dynamic"]
Uncertainty = Literal["none", "low", "medium", "high"]


class Version(TypedDict, total=False):
    version: str
    service: str


class PartHealth(TypedDict):
    ok: bool
    ms: int


class Health(TypedDict):
    status: Literal["ok", "unavailable"]
    redis: PartHealth
    s3: PartHealth
    confinement: Optional[dict[str, Any]]


class ListedTestCase(TypedDict, total=False):
    testcaseid: str
    status: Literal["ready", "checking", "refused"]
    reasons: list[str]


class UploadForm(TypedDict):
    url: str
    fields: dict[str, str]


class PointInfo(TypedDict):
    Unit: Optional[str]
    Description: Optional[str]
    Minimum: Optional[float]
    Maximum: Optional[float]


class ForecastPointInfo(TypedDict):
    Unit: str
    Description: str


class About(TypedDict):
    """The description of a test case: floor area in m², defaults and time periods in s, the points of each signal."""

    testcaseid: str
    area: float
    defaults: dict[str, float]
    time_periods: dict[str, dict[str, float]]
    signals: dict[str, list[str]]
    inputs: dict[str, PointInfo]
    measurements: dict[str, PointInfo]
    forecast_points: dict[str, ForecastPointInfo]


class SimulatedKpis(TypedDict):
    """None if a KPI does not apply."""

    ener_tot: Optional[float]  # kWh/m²
    cost_tot: Optional[float]  # $/m² or €/m²
    emis_tot: Optional[float]  # kgCO₂/m²
    tdis_tot: Optional[float]  # K·h per zone
    idis_tot: Optional[float]  # ppm·h per zone
    pele_tot: Optional[float]  # kW/m²
    pgas_tot: Optional[float]  # kW/m²
    pdih_tot: Optional[float]  # kW/m²


class Kpis(SimulatedKpis):
    time_rat: Optional[float]  # the controller's time between two steps over the step's length


class ForecastRequest(TypedDict):
    point_names: list[str]
    horizon: float  # s
    interval: float  # s


class Advanced(TypedDict):
    """The result of a step; None for parts that were not requested."""

    points: Points
    kpis: Optional[Kpis]
    forecast: Optional[Columns]


class Scenario(TypedDict):
    electricity_price: Price
    time_period: Optional[str]
    temperature_uncertainty: Optional[str]
    solar_uncertainty: Optional[str]
    seed: Optional[int]


class ScenarioSet(TypedDict):
    electricity_price: Optional[Price]
    time_period: Optional[Points]
    temperature_uncertainty: Optional[str]
    solar_uncertainty: Optional[str]
    seed: Optional[int]


class Checkpoint(TypedDict):
    name: str
    time: float
    bytes: int
    created: str


class LateSteps(TypedDict):
    """Steps of a run that were taken together, and late."""

    step: int  # the first step of the group, counted from 1
    steps: int
    time: float  # the test's time after the last step of the group, s
    late: float  # delay of the first step, s
    at: str  # the wall clock


class Late(TypedDict):
    steps: int
    most: float  # s
    last: list[LateSteps]


class Run(TypedDict):
    """How a test runs by itself. `began` and `next` are times of the wall clock, in ISO 8601."""

    status: Literal["running", "paused", "ended"]
    reason: Optional[str]
    speed: Union[float, Literal["max"]]
    until: Optional[float]  # s
    began: str
    time: float  # s
    step: float  # s
    steps: int
    next: Optional[str]
    behind: float  # delay of the next step, s
    late: Late


class RolloutKpis(TypedDict):
    rollout: SimulatedKpis
    total: SimulatedKpis


class _Rollout(TypedDict):
    values: list[Points]
    kpis: RolloutKpis


class Rollout(_Rollout, total=False):
    samples: Columns
