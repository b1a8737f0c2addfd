"""Steps per second of ways to train on a building: see ../sections/gym.ts.

Options: the service's address, the number of rounds, and the seconds that each way has in each round.
Prints a line of JSON for each round and way: {"round", "way", "perSecond", "gymnasium"}.
"""

import json
import sys
import time
from pathlib import Path

import requests

try:
    import gymnasium
except ImportError:
    sys.path.insert(0, str(Path(__file__).parents[3] / "clients" / "python" / "minimal"))
    import gymnasium
import numpy as np

from boptest_serverless.gym import BuildingEnv, BuildingVectorEnv, Task

URL, ROUNDS, SECONDS = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
STEP, HORIZON, LONG = 900, 6 * 3600, 300 * 86400
KIND = "minimal interface" if hasattr(gymnasium, "MINIMAL") else gymnasium.__version__

task = Task(
    testcase="testcase1",
    observations={"time": (0, 86400), "TRooAir_y": (280, 310), "TDryBul": (250, 320)},
    actions=["oveAct_u"],
    step=STEP,
    episode=LONG,
    horizon=HORIZON,
)


class Apart:
    """Advance, KPIs and forecast as requests of their own, each on a connection of its own, as boptest-gym sends them."""

    def __init__(self):
        self.testid = requests.post(f"{URL}/testcases/testcase1/select").json()["testid"]
        self.send(requests.put, "step", {"step": STEP})
        self.send(requests.put, "initialize", {"start_time": 0, "warmup_period": 0})
        self.cost = 0.0

    def send(self, method, path, body=None):
        return method(f"{URL}/{path}/{self.testid}", json=body).json()["payload"]

    def step(self):
        points = self.send(requests.post, "advance", {"oveAct_u": 500.0, "oveAct_activate": 1.0})
        kpis = self.send(requests.get, "kpi")
        wanted = {"point_names": ["TDryBul"], "horizon": HORIZON, "interval": STEP}
        forecast = self.send(requests.put, "forecast", wanted)
        cost = kpis["cost_tot"] + kpis["tdis_tot"]
        reward, self.cost = self.cost - cost, cost
        return np.array([points["TRooAir_y"], *forecast["TDryBul"]], dtype=np.float32), reward


def steps_of(env, shape):
    env.reset()
    action = np.full(shape, 500.0)
    return lambda: env.step(action)


WAYS = {
    "apart": (1, Apart().step),
    "one": (1, steps_of(BuildingEnv(URL, task), (1,))),
    **{f"{n} at once": (n, steps_of(BuildingVectorEnv(URL, task, n), (n, 1))) for n in (8, 64)},
}

# The first round warms up. Short turns: what else the machine does meets all ways alike.
TURNS = 12
for round in range(ROUNDS + 1):
    steps, took = dict.fromkeys(WAYS, 0), dict.fromkeys(WAYS, 0.0)
    for _ in range(TURNS):
        for way, (buildings, step) in WAYS.items():
            began = time.perf_counter()
            while time.perf_counter() - began < SECONDS / TURNS:
                step()
                steps[way] += buildings
            took[way] += time.perf_counter() - began
    for way in WAYS:
        told = {"round": round, "way": way, "perSecond": steps[way] / took[way], "gymnasium": KIND}
        print(json.dumps(told), flush=True)
