"""The environments, on a real service, with the real gymnasium or with the minimal interface beside this file.

BOPTEST_URL: a service.
"""

import os
import sys
import unittest
import warnings
from pathlib import Path
from unittest import mock

try:
    import gymnasium
except ImportError:
    sys.path.insert(0, str(Path(__file__).parent / "minimal"))
    import gymnasium
import numpy as np
import requests

from boptest_serverless import Service, UnknownTest
from boptest_serverless.gym import BuildingEnv, BuildingVectorEnv, Task, building

IS_REAL = not hasattr(gymnasium, "MINIMAL")
print(f"gymnasium: {'the package, ' + gymnasium.__version__ if IS_REAL else 'the minimal interface'}", file=sys.stderr)

URL = os.environ["BOPTEST_URL"]
HOUR = 3600
OBSERVATIONS = {"time": (0, 86400), "TRooAir_y": (280, 310), "TDryBul": (250, 320)}


class Counting(requests.Session):
    """Counts requests, by the first part of their path."""

    def __init__(self):
        super().__init__()
        self.sent = []

    def request(self, method, url, **how):
        self.sent.append(f"{method} {url.removeprefix(URL).split('/')[1]}")
        return super().request(method, url, **how)

    def take(self):
        sent, self.sent = self.sent, []
        return sent


def task(**changes):
    given = {
        "testcase": "testcase1",
        "observations": OBSERVATIONS,
        "actions": ["oveAct_u"],
        "step": HOUR,
        "episode": 4 * HOUR,
        "horizon": 2 * HOUR,
        "interval": HOUR,
    }
    return Task(**{**given, **changes})


class Building(unittest.TestCase):
    def env(self, **changes):
        self.session = Counting()
        env = BuildingEnv(Service(URL, session=self.session), task(**changes))
        self.addCleanup(env.close)
        return env

    def test_passes_gymnasiums_own_check(self):
        for normalize in (False, True):
            env = self.env(normalize=normalize)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                check_env(env)

    def test_shows_what_was_declared(self):
        env = self.env()
        seen, info = env.reset(seed=1)
        # Time, temperature, and the outdoor temperature now, in an hour, in two.
        self.assertEqual(env.observation_space.shape, (5,))
        self.assertEqual(list(env.observation_space.low), [0, 280, 250, 250, 250])
        self.assertEqual([env.action_space.low[0], env.action_space.high[0]], limits(env, "oveAct_u"))
        forecast = env.test.forecast(["TDryBul"], 2 * HOUR, HOUR)["TDryBul"]
        expected = [0, info["points"]["TRooAir_y"], *forecast]
        np.testing.assert_allclose(seen, expected, rtol=1e-6)

    def test_pays_for_cost_and_discomfort_and_ends_by_truncation(self):
        env = self.env(discomfort_weight=3)
        _, before = env.reset()
        total, ends = 0.0, []
        for _ in range(4):
            _, reward, terminated, truncated, info = env.step(np.array([1000.0]))
            total += reward
            ends.append((terminated, truncated))
        self.assertEqual(ends, [(False, False)] * 3 + [(False, True)])
        kpis, old = env.test.kpis(), before["kpis"]
        price = lambda of: of["cost_tot"] + 3 * of["tdis_tot"]  # noqa: E731
        self.assertAlmostEqual(total, price(old) - price(kpis), 9)
        self.assertLess(total, 0)
        self.assertEqual([info["points"]["oveAct_u"], info["time"]], [1000, 4 * HOUR])

    def test_begins_again_by_restoring_and_takes_a_reward_of_ones_own(self):
        env = self.env(warmup_period=86400, start_time=86400, reward=lambda before, after: after["ener_tot"])
        first, _ = env.reset()
        steps = [env.step(np.array([500.0])) for _ in range(2)]
        self.session.take()
        again, _ = env.reset()
        self.assertNotIn("PUT initialize", self.session.take())
        np.testing.assert_array_equal(first, again)
        for seen, reward, *_ in steps:
            same, the_same, *_ = env.step(np.array([500.0]))
            np.testing.assert_array_equal(seen, same)
            self.assertEqual(reward, the_same)
            self.assertGreater(reward, 0)

    def test_draws_the_same_from_the_same_seed(self):
        env = self.env(scenario={"temperature_uncertainty": "high"})
        one, other, again = (env.reset(seed=seed)[0] for seed in (1, 2, 1))
        np.testing.assert_array_equal(one, again)
        self.assertFalse(np.array_equal(one, other))

    def test_begins_where_it_draws_or_where_it_is_told(self):
        env = self.env(random_start=True)
        starts = [env.reset(seed=seed)[1]["time"] for seed in (1, 2, 1)]
        self.assertEqual([start % 86400 for start in starts], [0, 0, 0])
        self.assertEqual(starts[0], starts[2])
        self.assertNotEqual(starts[0], starts[1])
        told = self.env()
        self.assertEqual([told.reset(options=o)[1]["time"] for o in (None, {"start_time": 7200}, None)], [0, 7200, 0])

    def test_ends_with_a_time_period(self):
        env = self.env(scenario={"time_period": "test_day", "electricity_price": "dynamic"}, step=7 * 86400, horizon=0)
        _, info = env.reset()
        self.assertEqual([env.step(np.array([0.0]))[3] for _ in range(2)], [False, True])
        self.assertEqual(env.reset()[1]["time"], info["time"])

    def test_stays_where_it_is_after_its_end(self):
        env = self.env(episode=HOUR)
        env.reset()
        seen, *_ = env.step(np.array([1000.0]))
        again, reward, _, truncated, info = env.step(np.array([0.0]))
        np.testing.assert_array_equal(seen, again)
        self.assertEqual([reward, truncated, info["time"]], [0, True, HOUR])

    def test_says_what_it_cannot_do(self):
        for changes, said in [
            ({"observations": {"nope": None}}, "nope is neither .* TRooAir_y"),
            ({"actions": ["oveAct_activate"]}, "no input: oveAct_u"),
            ({"observations": {"CO2RooAir_y": None, "time": None}, "normalize": True}, "finite"),
            ({"random_start": True, "scenario": {"time_period": "test_day"}}, "random_start"),
            ({"actions": []}, "at least one"),
            ({"observations": {"TRooAir_y": (310, 280)}}, "TRooAir_y .* lowest"),
            ({"observations": {"time": (0, 0)}}, "time"),
            ({"step": 0}, "step"),
            ({"episode": -1}, "episode"),
            ({"interval": 0}, "interval"),
            ({"horizon": -1}, "horizon"),
        ]:
            with self.assertRaisesRegex(ValueError, said):
                self.env(**changes)
        for changes, said in [
            ({"actions": "oveAct_u"}, r"\['oveAct_u'\]"),
            ({"observations": ["TRooAir_y"]}, "by name"),
        ]:
            with self.assertRaisesRegex(TypeError, said):
                self.env(**changes)
        for env in (BuildingEnv, lambda url, wrong: BuildingVectorEnv(url, wrong, 2)):
            with self.assertRaisesRegex(TypeError, "gym.Task"):
                env(URL, {"testcase": "testcase1"})
        with self.assertRaisesRegex(ValueError, "1 values"):
            env = self.env()
            env.reset()
            env.step(np.zeros(2))

    def test_stops_its_test(self):
        env = self.env()
        env.close()
        with self.assertRaises(UnknownTest):
            env.test.status()


class Buildings(unittest.TestCase):
    N = 12

    def setUp(self):
        self.session = Counting()
        given = task(warmup_period=86400, start_time=86400)
        self.env = BuildingVectorEnv(Service(URL, session=self.session), given, self.N)
        self.addCleanup(self.env.close)

    def test_are_what_single_ones_are(self):
        env = self.env
        self.assertEqual(env.observation_space.shape, (self.N, 5))
        single = BuildingEnv(URL, task(warmup_period=86400, start_time=86400))
        self.addCleanup(single.close)
        alone, _ = single.reset()
        seen, _ = env.reset(seed=1)
        np.testing.assert_array_equal(seen, np.stack([alone] * self.N))
        actions = np.linspace(-1000, 1000, self.N)[:, None]
        for _ in range(2):
            seen, rewards, terminated, truncated, info = env.step(actions)
            alone, reward, *_ = single.step(actions[7])
            np.testing.assert_array_equal(seen[7], alone)
            self.assertAlmostEqual(rewards[7], reward, 12)
        self.assertEqual(len(np.unique(seen[:, 1])), self.N)
        self.assertEqual([terminated.any(), truncated.any()], [False, False])
        self.assertEqual(info["kpis"]["cost_tot"].shape, (self.N,))

    def test_are_sent_by_as_many_calls_as_it_takes(self):
        seen, _ = self.env.reset()
        # Three messages reset a building: two buildings a call. Seven buildings take a step with one call.
        with mock.patch.object(building, "MAX_MESSAGES", 7):
            self.session.take()
            again, _ = self.env.reset()
            self.assertEqual(self.session.take().count("POST batch"), self.N / 2)
            stepped = self.env.step(np.zeros((self.N, 1)))
            self.assertEqual(self.session.take().count("POST batch"), 2)
        np.testing.assert_array_equal(seen, again)
        self.env.reset()
        for one, other in zip(stepped[:4], self.env.step(np.zeros((self.N, 1)))):
            np.testing.assert_array_equal(one, other)

    def test_begin_again_by_restoring_a_checkpoint(self):
        env = self.env
        self.assertEqual(self.session.take().count("PUT initialize"), 1)
        first, _ = env.reset()
        ends = [env.step(np.zeros((self.N, 1)))[3].all() for _ in range(4)]
        self.assertEqual(ends, [False, False, False, True])
        again, rewards, _, truncated, _ = env.step(np.ones((self.N, 1)))
        np.testing.assert_array_equal(first, again)
        self.assertEqual([rewards.any(), truncated.any()], [False, False])
        self.assertFalse({"PUT initialize", "POST testcases"} & set(self.session.take()))

    def test_stop_their_tests(self):
        self.env.reset()
        self.env.close()
        for test in self.env.tests:
            with self.assertRaises(UnknownTest):
                test.status()


def limits(env, name):
    info = env.test.inputs()[name]
    return [info["Minimum"], info["Maximum"]]


def check_env(env):
    """Gymnasium's own check; or what of it can be said of the minimal interface."""
    if IS_REAL:
        from gymnasium.utils.env_checker import check_env as check

        check(env, skip_render_check=True)
        return
    one, info = env.reset(seed=123)
    same, _ = env.reset(seed=123)
    np.testing.assert_array_equal(one, same)
    assert env.observation_space.contains(one) and isinstance(info, dict)
    env.action_space.seed(1)
    action = env.action_space.sample()
    seen, reward, terminated, truncated, info = env.step(action)
    assert env.observation_space.contains(seen) and isinstance(info, dict)
    assert type(reward) is float and np.isfinite(reward)
    assert type(terminated) is bool and type(truncated) is bool
    env.reset(seed=123)
    again, again_paid, *_ = env.step(action)
    np.testing.assert_array_equal(seen, again)
    assert reward == again_paid


if __name__ == "__main__":
    unittest.main()
