"""Closes a control loop over two weeks of a test case, with nothing but requests.

    python3 closed_loop.py [URL]

Prints what came of it as JSON: KPIs, and the last of the results.
"""

import json
import sys

import requests

URL = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000"
STEP = 3600
COMFORT = (293.15, 296.15)

session = requests.Session()
session.headers["Content-Type"] = "application/json"


def call(method, path, **body):
    """One call, and the payload of its answer. Python's json writes a bare Infinity, which the service takes."""
    response = session.request(method, f"{URL}/{path}", data=json.dumps(body))
    response.raise_for_status()
    return response.json()["payload"]


def control(temperature, outdoors):
    """Proportional to how far the zone is out of its comfort band; in the cold, a little ahead of it."""
    low, high = COMFORT
    if outdoors < low:
        low += 0.5
    if temperature < low:
        return 2000 * (low - temperature)
    if temperature > high:
        return 2000 * (high - temperature)
    return 0.0


def main():
    response = session.post(f"{URL}/testcases/testcase1/select")
    response.raise_for_status()
    testid = response.json()["testid"]
    try:
        call("PUT", f"step/{testid}", step=STEP)
        scenario = call("PUT", f"scenario/{testid}", time_period="test_day", electricity_price="dynamic", seed=1,
                        temperature_uncertainty="low")
        points = scenario["time_period"]
        start = points["time"]
        steps = 0
        while points:
            last = points
            forecast = call("PUT", f"forecast/{testid}", point_names=["TDryBul"], horizon=6 * 3600, interval=3600)
            outdoors = sum(forecast["TDryBul"]) / len(forecast["TDryBul"])
            power = control(points["TRooAir_y"], outdoors)
            points = call("POST", f"advance/{testid}", oveAct_u=power, oveAct_activate=1)
            steps += 1
        results = call("PUT", f"results/{testid}", point_names=["TRooAir_y", "PHeaCoo_y"], start_time=start,
                       final_time=float("inf"))
        kpis = call("GET", f"kpi/{testid}")
    finally:
        session.put(f"{URL}/stop/{testid}").raise_for_status()
    json.dump({"steps": steps - 1, "last": last, "samples": len(results["time"]), "kpis": kpis}, sys.stdout)


main()
