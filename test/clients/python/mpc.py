"""Model-predictive control by random shooting, with nothing but requests.

    python3 mpc.py [--hours 48] [--old-way 6] [--json] [URL]

Each hour 64 plans of 24 hours are tried from where the building stands, and the first step of the best is taken. With
`rollout` that is one request. Without it, it takes a second test, which is begun anew and led through everything that
has happened so far, once for every plan: that is done for the first hours as well, for comparison, with the same outcome.

Prints the KPIs beside those of the building's own control and of a proportional controller, and what both ways took.
"""

import argparse
import json
import random
import time

import requests

STEP = 3600
PLANS, HORIZON = 64, 24
# What an hour outside the comfort band by 1 K may cost, $/m².
COST_OF_DISCOMFORT = 0.01
KPIS = ("cost_tot", "ener_tot", "tdis_tot", "emis_tot", "pgas_tot")


class Client:
    """The service, and how often it was asked."""

    def __init__(self, url):
        self.url = url
        self.session = requests.Session()
        self.count = 0

    def call(self, method, path, body=None):
        self.count += 1
        response = self.session.request(method, f"{self.url}/{path}", json={} if body is None else body)
        response.raise_for_status()
        return response.json()["payload"]

    def select(self, step):
        response = self.session.post(f"{self.url}/testcases/testcase1/select")
        response.raise_for_status()
        testid = response.json()["testid"]
        self.call("PUT", f"initialize/{testid}", {"start_time": 0, "warmup_period": 0})
        self.call("PUT", f"step/{testid}", {"step": step})
        return testid

    def finish(self, testid):
        kpis = self.call("GET", f"kpi/{testid}")
        self.session.put(f"{self.url}/stop/{testid}").raise_for_status()
        return kpis


def inputs(power):
    return {"oveAct_u": power, "oveAct_activate": 1}


class Planner:
    """Random shooting: the last plan, an hour on, and others around it. The same numbers in every run."""

    def __init__(self):
        self.random = random.Random(1)
        self.plan = [0.0] * HORIZON

    def propose(self):
        kept = self.plan[1:] + self.plan[-1:]
        plans = [kept]
        while len(plans) < PLANS:
            # A few hours in a row, half of the time from among the next ones, get more or less heat.
            first = self.random.randrange(HORIZON if self.random.random() < 0.5 else 4)
            hours = range(first, first + self.random.choice((1, 2, 3, 6, 12)))
            shift = self.random.gauss(0, self.random.choice((50, 200, 600)))
            plans.append(
                [round(min(max(power + shift * (hour in hours), -2000), 2000), 1) for hour, power in enumerate(kept)]
            )
        return plans

    def choose(self, plans, kpis):
        score = [kpi["cost_tot"] + COST_OF_DISCOMFORT * kpi["tdis_tot"] for kpi in kpis]
        self.plan = plans[score.index(min(score))]
        return self.plan[0]


def by_rollout(client, testid):
    """What would come of each plan, asked at once."""

    def evaluate(plans, _history):
        body = {"candidates": [[inputs(power) for power in plan] for plan in plans], "points": []}
        return [outcome["kpis"]["total"] for outcome in client.call("POST", f"rollout/{testid}", body)]

    return evaluate


def by_replay(client, second):
    """The same found out with a second test that is led through the whole history for every plan."""

    def evaluate(plans, history):
        kpis = []
        for plan in plans:
            client.call("PUT", f"initialize/{second}", {"start_time": 0, "warmup_period": 0})
            for power in history + plan:
                client.call("POST", f"advance/{second}", inputs(power))
            kpis.append(client.call("GET", f"kpi/{second}"))
        return kpis

    return evaluate


def control(client, testid, evaluate, hours):
    """Plans and takes a step each hour. Returns the powers that were chosen."""
    planner, history = Planner(), []
    for _ in range(hours):
        plans = planner.propose()
        power = planner.choose(plans, evaluate(plans, history))
        client.call("POST", f"advance/{testid}", inputs(power))
        history.append(power)
    return history


def built_in(client, hours):
    testid = client.select(STEP)
    for _ in range(hours):
        client.call("POST", f"advance/{testid}")
    return client.finish(testid)


def proportional(client, hours):
    testid = client.select(300)
    power = 0.0
    for _ in range(hours * 12):
        temperature = client.call("POST", f"advance/{testid}", inputs(power))["TRooAir_y"]
        power = 2000 * (max(293.15 - temperature, 0) + min(296.15 - temperature, 0))
    return client.finish(testid)


def timed(work):
    started = time.perf_counter()
    outcome = work()
    return outcome, time.perf_counter() - started


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("url", nargs="?", default="http://127.0.0.1:8000")
    options.add_argument("--hours", type=int, default=48)
    options.add_argument("--old-way", type=int, default=6, metavar="HOURS", help="how many of them by replay as well")
    options.add_argument("--json", action="store_true")
    given = options.parse_args()

    client = Client(given.url)
    testid = client.select(STEP)
    client.count = 0
    chosen, seconds = timed(lambda: control(client, testid, by_rollout(client, testid), given.hours))
    report = {"rollout": {"hours": given.hours, "requests": client.count, "seconds": seconds}, "powers": chosen}
    report["kpis"] = {
        "mpc": client.finish(testid),
        "built-in": built_in(client, given.hours),
        "proportional": proportional(client, given.hours),
    }

    if given.old_way > 0:
        first, second = client.select(STEP), client.select(STEP)
        client.count = 0
        again, seconds = timed(lambda: control(client, first, by_replay(client, second), given.old_way))
        report["old way"] = {"hours": given.old_way, "requests": client.count, "seconds": seconds}
        # For each plan: begin anew, the history, the plan, the KPIs; and the step that is taken.
        report["old way"]["requests of all hours"] = sum(PLANS * (2 + hour + HORIZON) + 1 for hour in range(given.hours))
        report["old way"]["same choices"] = again == chosen[: given.old_way]
        client.finish(first)
        client.finish(second)
    show(report, given.json)


def show(report, as_json):
    if as_json:
        print(json.dumps(report))
        return
    print(f"{'':14}" + "".join(f"{name:>12}" for name in KPIS))
    for name, kpis in report["kpis"].items():
        print(f"{name:14}" + "".join(f"{kpis[each]:12.5g}" for each in KPIS))
    way = report["rollout"]
    print(f"\nby rollout: {way['hours']} decisions, {way['requests']} requests, {way['seconds']:.1f} s")
    if "old way" in report:
        way = report["old way"]
        print(f"by replay: {way['hours']} decisions, {way['requests']} requests, {way['seconds']:.1f} s", end="")
        print(" (the same choices)" if way["same choices"] else " (OTHER CHOICES)")
        print(f"by replay, all of them: {way['requests of all hours']} requests")


main()
