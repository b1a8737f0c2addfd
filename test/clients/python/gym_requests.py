"""How many requests reach the service when environments are reset and stepped.

Options: the service's address; an address that answers with how many requests the service has taken so far.
Prints the requests of each call as JSON.
"""

import json
import sys
from pathlib import Path

import requests

try:
    import gymnasium  # noqa: F401
except ImportError:
    sys.path.insert(0, str(Path(__file__).parent / "minimal"))
import numpy as np

from boptest_serverless.gym import BuildingEnv, BuildingVectorEnv, Task

URL, COUNT = sys.argv[1:]
N = 3


def requests_of(work):
    before = requests.get(COUNT).json()
    work()
    return requests.get(COUNT).json() - before


task = Task(
    testcase="testcase1",
    observations={"time": (0, 86400), "TRooAir_y": (280, 310), "TDryBul": (250, 320)},
    actions=["oveAct_u"],
    step=3600,
    episode=2 * 3600,
    horizon=6 * 3600,
    scenario={"temperature_uncertainty": "high"},
)
one, many = BuildingEnv(URL, task), BuildingVectorEnv(URL, task, N)
one.reset()
counts = {
    "reset": requests_of(one.reset),
    "step": [requests_of(lambda: one.step(np.array([500.0]))) for _ in range(2)],
    "reset of many": requests_of(many.reset),
    # The third one begins the next episode.
    "step of many": [requests_of(lambda: many.step(np.full((N, 1), 500.0))) for _ in range(3)],
    "close of many": requests_of(many.close),
}
one.close()
print(json.dumps(counts))
