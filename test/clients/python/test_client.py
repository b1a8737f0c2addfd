"""The Python client, on a real service. Run by ../python.test.ts, which starts it and says where it is.

BOPTEST_URL: a service that sends on every call that takes longer than some ms.
BOPTEST_OPERATIONS: a file with the operations of openapi.yaml: [{"id", "method", "path"}, …].
BOPTEST_FMU: a compiled test case.
BOPTEST_KEY, BOPTEST_USER: an account. BOPTEST_ROOT_KEY: a privileged one.
"""

import inspect
import io
import json
import os
import re
import sys
import tempfile
import unittest
from contextlib import redirect_stderr
from importlib import metadata
from pathlib import Path
from unittest import mock

import requests

import boptest_serverless as boptest
from boptest_serverless import Service

def version_of(package):
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not here"


# What needs one of these is tested where it is, and else that its lack is told.
print(*(f"{package}: {version_of(package)}" for package in ("pandas", "tqdm")), sep="\n", file=sys.stderr)

URL = os.environ["BOPTEST_URL"]
OPERATIONS = json.loads(Path(os.environ["BOPTEST_OPERATIONS"]).read_text())
FMU, USER = os.environ["BOPTEST_FMU"], os.environ["BOPTEST_USER"]
#: Every request of every test of this file, as (method, path).
SENT = []


class Recording(requests.Session):
    """What happens to requests: `mishap` is told each one and its number, and says what becomes of it."""

    def __init__(self, mishap=lambda request, count: None):
        super().__init__()
        self.mishap = mishap
        self.counts = {}
        self.sent = []

    def request(self, method, url, **how):
        path = url.removeprefix(URL).split("?")[0]
        SENT.append((method, path))
        self.sent.append((method, path, how.get("headers") or {}))
        kind = f"{method} /{path.split('/')[1]}" if path.startswith("/") else "elsewhere"
        count = self.counts[kind] = self.counts.get(kind, -1) + 1
        fate = self.mishap(kind, count)
        if isinstance(fate, tuple):
            return answer(*fate)
        if count % 2 == 1 and url.startswith(URL):
            # Every other call is answered 202, whatever it asks for.
            how["headers"] = {**(how.get("headers") or {}), "Prefer": "respond-async"}
        response = super().request(method, url, **how)
        if fate == "lose the answer":
            raise requests.ConnectionError("lost")
        return response


def answer(status, headers=None, text='{"message": "Of the test"}'):
    response = requests.Response()
    response.status_code = status
    response.headers.update(headers or {})
    response._content = text.encode()
    return response


def service(mishap=lambda request, count: None, **options):
    return Service(URL, session=Recording(mishap), **options)


class Session(unittest.TestCase):
    def test_goes_through_a_session_and_waits_for_as_long_as_calls_take(self):
        with service().select("testcase1") as test:
            self.assertEqual([test.status(), test.name()], ["Running", "testcase1"])
            self.assertEqual(list(test.inputs()), ["oveAct_u", "oveAct_activate"])
            self.assertEqual(test.measurements()["TRooAir_y"]["Unit"], "K")
            self.assertEqual(test.about()["area"], 10)
            self.assertEqual(test.initialize(604800, 604800)["time"], 604800)
            self.assertEqual([test.set_step(900), test.step()], [900, 900])
            y = test.advance({"oveAct_u": 1000, "oveAct_activate": 1})
            self.assertEqual([y["time"], y["oveAct_u"]], [605700, 1000])
            self.assertEqual([y["time"] for y in test.advance_many([{}, {}])], [606600, 607500])
            (outcome,) = test.rollout([[{}, {"oveAct_u": 0}]], points=["TRooAir_y"])
            self.assertEqual([y["time"] for y in outcome["values"]], [608400, 609300])
            self.assertEqual(test.checkpoint("here")["time"], 607500)
            test.advance()
            self.assertEqual(test.restore("here")["time"], 607500)
            self.assertEqual([each["name"] for each in test.checkpoints()], ["here"])
            (twin,) = test.fork(checkpoint="here")
            with twin:
                self.assertEqual(twin.kpis()["cost_tot"], test.kpis()["cost_tot"])
            test.delete_checkpoint("here")
            self.assertEqual(test.checkpoints(), [])
            self.assertIsNone(test.run_status())
            run = test.run(0.001, until=609300)
            self.assertEqual([run["status"], run["speed"], run["until"]], ["running", 0.001, 609300])
            self.assertEqual(test.set_inputs({"oveAct_u": 700})["oveAct_u"], 700)
            with self.assertRaisesRegex(boptest.Conflict, "runs by itself"):
                test.advance()
            self.assertEqual([test.pause()["status"], test.run_status()["steps"]], ["paused", 0])
            self.assertIn("TDryBul", test.forecast_points())
            self.assertEqual(test.forecast("TDryBul", 3600, 1800)["time"], [607500, 609300, 611100])
            self.assertEqual(test.set_scenario(electricity_price="dynamic")["electricity_price"], "dynamic")
            self.assertEqual(test.scenario()["electricity_price"], "dynamic")
            results = test.results(start=604800, final=605700)
            self.assertEqual(list(results)[0], "time")
            self.assertEqual({len(column) for column in results.values()}, {31})
            self.assertEqual(len(test.results(["TRooAir_y"])["time"]), 20160 + 91)
            self.assertEqual(list(test.results("TRooAir_y", start=607500)), ["time", "TRooAir_y"])
            with self.assertRaisesRegex(TypeError, r'test\.advance\(\{"oveAct_u".*not 5'):
                test.advance(5)
            self.assertEqual([test.points()["time"], test.time()], [607500, 607500])
            with self.assertRaises(boptest.Failed):
                test.submit("key", ["tag"], dry_run=True)
        with self.assertRaises(boptest.UnknownTest):
            test.points()

    def test_stops_its_test_whatever_happens(self):
        with self.assertRaises(ZeroDivisionError):
            with service().select("testcase1") as test:
                1 / 0
        with self.assertRaises(boptest.UnknownTest):
            test.status()
        with service().select("testcase1") as test:
            test.stop()  # Again at the end, which is no error.

    def test_says_which_names_there_are(self):
        with service().select("testcase1") as test:
            test.initialize(0, 0, final_time=60)
            y = test.advance()
            with self.assertRaises(KeyError) as caught:
                y["TRooAir"]
            self.assertIn("oveAct_activate, TRooAir_y", str(caught.exception))
            self.assertTrue(str(caught.exception).endswith("did you mean 'TRooAir_y'?"))
            self.assertIsNone(y.get("TRooAir"))
            for answer, name, said in [
                (test.kpis(), "cost", "ener_tot, cost_tot"),
                (test.inputs(), "oveAct", "oveAct_u"),
                (test.results("TRooAir_y"), "TDryBul", "time, TRooAir_y"),
                (test.advance_with()["kpis"], "x", "tdis_tot"),
                (test.advance(), "time", "empty"),
            ]:
                with self.assertRaisesRegex(boptest.UnknownName, said):
                    answer[name]

    def test_says_where_a_test_is_at_its_end(self):
        with service().select("testcase1") as test:
            test.initialize(0, 0, final_time=1800)
            test.set_step(1200)
            self.assertEqual([test.advance().get("time") for _ in range(3)], [1200, 1800, None])

    def test_tells_of_the_service(self):
        it = service()
        self.assertEqual(it.version()["version"], "1.0.0-dev")
        self.assertEqual(it.health()["status"], "ok")
        self.assertIn("openapi: 3.1.0", it.description())
        self.assertIn("<html", it.docs())
        self.assertIn("openapi.yaml", it.docs_file("page.js"))
        self.assertIn({"testcaseid": "testcase1"}, it.testcases())
        self.assertEqual(it.testcase("testcase1").about()["defaults"]["step"], 60)

    def test_tells_what_a_step_comes_to_in_the_same_call(self):
        wanted = {"point_names": ["TDryBul"], "horizon": 3600, "interval": 1800}
        with service().select("testcase1") as test:
            after = test.advance_with({"oveAct_u": 500, "oveAct_activate": 1}, forecast=wanted)
            self.assertEqual([after["points"]["time"], after["points"]["oveAct_u"]], [60, 500])
            self.assertEqual(after["kpis"]["ener_tot"], test.kpis()["ener_tot"])
            self.assertEqual(after["forecast"], test.forecast(["TDryBul"], 3600, 1800))
            alone = test.advance_with(kpis=False)
            self.assertEqual([alone["points"]["time"], alone["kpis"], alone["forecast"]], [120, None, None])
            with self.assertRaisesRegex(boptest.BadInput, "nope.*Nothing was advanced"):
                test.advance_with(forecast={**wanted, "point_names": ["nope"]})

    def test_sends_a_batch_again_where_there_was_too_much_at_once(self):
        refused = json.dumps([{"responseid": "1", "responsedata": {"status": 429, "message": "Slowly"}}])
        crowded = service(lambda kind, n: (200, {}, refused) if kind == "POST /batch" and n < 2 else None)
        with crowded.select("testcase1") as test:
            (after,) = crowded.batch([{"testid": test.id, "method": "advance"}], strict=True)
            self.assertEqual(after["payload"]["time"], 60)
        keys = {headers["Idempotency-Key"] for _, path, headers in crowded._transport._session.sent if path == "/batch"}
        self.assertEqual(len(keys), 1)

    def test_selects_many_tests_in_one_call(self):
        tests = service().testcase("testcase1").select_many(2)
        self.assertEqual(len({test.id for test in tests}), 2)
        for test in tests:
            self.assertEqual(test.advance()["time"], 60)
            test.stop()

    def test_sends_many_messages_in_one_call(self):
        it = service()
        with it.select("testcase1") as one, it.select("testcase1") as other:
            messages = [{"testid": test.id, "method": "advance", "with": ["kpi"]} for test in (one, other)]
            answers = it.batch([*messages, {"testid": one.id, "method": "explode"}])
            self.assertEqual([answer["status"] for answer in answers], [200, 200, 400])
            self.assertEqual([answer["payload"]["time"] for answer in answers[:2]], [60, 60])
            self.assertIn("ener_tot", answers[0]["with"]["kpi"])
            self.assertEqual(it.batch(messages, strict=True)[1]["payload"]["time"], 120)
            for method, params, said in [("explode", {}, "no method"), ("advance", {"nope_u": 1}, "nope_u")]:
                with self.assertRaisesRegex(boptest.BadInput, said):
                    it.batch([{"testid": one.id, "method": method, "params": params}], strict=True)
            sent = [{"requestid": "r", "testid": one.id, "method": "get_step", "params": {}}]
            place = requests.post(f"{URL}/batch", json=sent, headers={"prefer": "respond-async, wait=0"})
            self.assertEqual(place.json()[0]["responsedata"]["payload"], 60)
            sent = [{"requestid": "r", "testid": one.id, "method": "initialize", "params": {"start_time": 0, "warmup_period": 0}}]
            place = requests.post(f"{URL}/batch", json=sent, headers={"prefer": "respond-async"}).headers["location"]
            self.assertEqual(it.batch_answers(place.split("/")[-1])[0]["payload"]["time"], 0)

    def test_results_are_a_data_frame_where_pandas_is(self):
        with service().select("testcase1") as test:
            test.initialize(0, 0)
            test.advance()
            try:
                import pandas  # noqa: F401
            except ImportError:
                with self.assertRaisesRegex(ImportError, "pip install"):
                    test.results(frame=True)
                return
            frame = test.results(["TRooAir_y"], frame=True)
            self.assertEqual([frame.index.name, list(frame.columns)], ["time", ["TRooAir_y"]])

    def test_begins_a_test_without_waiting(self):
        with service().testcase("testcase1").select_async() as test:
            test.wait_until_running(poll=0.05)
            self.assertEqual(service().test(test.id).name(), "testcase1")

    def test_fetches_the_answer_to_a_request(self):
        with service().select("testcase1") as test:
            sent = requests.put(
                f"{URL}/initialize/{test.id}",
                json={"start_time": 86400, "warmup_period": 0},
                headers={"Prefer": "respond-async"},
                allow_redirects=False,
            )
            self.assertEqual(sent.status_code, 202)
            self.assertEqual(test.request(sent.headers["Location"].split("/")[-1], wait=1)["time"], 86400)


class Errors(unittest.TestCase):
    def test_are_classes_with_the_services_message(self):
        it = service()
        with it.select("testcase1") as test:
            with self.assertRaisesRegex(boptest.BadInput, "nope_u") as caught:
                test.advance({"nope_u": 1})
            self.assertEqual(caught.exception.status, 400)
            test.checkpoint("twice")
            with self.assertRaises(boptest.Conflict):
                test.checkpoint("twice")
            with self.assertRaises(boptest.NotFound):
                test.restore("never")
            with self.assertRaisesRegex(boptest.BadInput, "(?i)number"):
                test.set_step(float("nan"))
        with self.assertRaisesRegex(boptest.NotFound, "nope"):
            it.select("nope")
        with self.assertRaises(boptest.NotAllowed):
            it.user_tests("john")
        with self.assertRaises(boptest.Unreachable) as caught:
            Service("http://127.0.0.1:9", retries=1).version()
        self.assertIsInstance(caught.exception, boptest.BoptestError)
        with self.assertRaisesRegex(boptest.BadAddress, "must begin with http:// or https://"):
            Service("127.0.0.1:18437")


class Trying(unittest.TestCase):
    def test_loses_no_step_and_doubles_none_where_answers_are_lost(self):
        def mishap(request, count):
            if request == "POST /advance" and count % 2 == 0:
                return "lose the answer"
            if request == "POST /advance" and count % 7 == 3:
                return 503, {}
            return "lose the answer" if request == "GET /requests" and count % 5 == 1 else None

        it = service(mishap)
        with it.select("testcase1") as test:
            test.initialize(0, 0)
            test.set_step(60)
            for step in range(1, 9):
                self.assertEqual(test.advance()["time"], step * 60)
            session = it._transport._session
            self.assertGreater(session.counts["POST /advance"], 12)
            keys = [sent[2]["Idempotency-Key"] for sent in session.sent if sent[1].startswith("/advance")]
            self.assertEqual(len(set(keys)), 8)

    def test_comes_back_when_it_is_told_to_and_gives_up_at_last(self):
        it = service(lambda request, count: None if count == 2 else (429, {"Retry-After": "0"}), retries=3)
        self.assertIn({"testcaseid": "testcase1"}, it.testcases())
        with self.assertRaises(boptest.TooMuch):
            service(lambda request, count: (429, {}), retries=1).testcases()
        with self.assertRaisesRegex(boptest.Unavailable, "Of the test"):
            service(lambda request, count: (503, {}), retries=1).testcases()

    def test_goes_through_the_proxy_that_the_environment_names(self):
        with mock.patch.dict(os.environ, {"http_proxy": "http://127.0.0.1:9", "no_proxy": ""}):
            with self.assertRaisesRegex(boptest.Unreachable, "[Pp]roxy"):
                Service(URL, retries=0).version()
        self.assertEqual(Service(URL, retries=0).version()["version"], "1.0.0-dev")

    def test_pauses_for_as_long_as_it_is_told_to(self):
        it = service(lambda request, count: (429, {"Retry-After": "7"}) if count == 0 else None)
        with mock.patch("boptest_serverless.transport.time.sleep") as sleep:
            it.version()
        self.assertEqual([call.args for call in sleep.call_args_list], [(7.0,)])

    def test_warns_and_gives_up_soon_where_nothing_listens(self):
        clock = [0.0]

        def sleep(seconds):
            clock[0] += seconds

        with (
            mock.patch("boptest_serverless.transport.time.sleep", sleep),
            mock.patch("boptest_serverless.transport.time.monotonic", lambda: clock[0]),
            self.assertLogs("boptest_serverless", "WARNING") as logs,
            self.assertRaises(boptest.Unreachable),
        ):
            Service("http://127.0.0.1:9").select("testcase1")
        self.assertAlmostEqual(clock[0], 10, places=3)
        self.assertEqual(len(logs.output), 1)
        self.assertRegex(logs.output[0], "http://127.0.0.1:9.*refused")

    def test_sends_no_command_again_to_a_service_that_knows_no_idempotency_key(self):
        def mishap(request, count):
            return (200, {}, '{"payload": {"version": "1.0.0-dev"}}') if request == "GET /version" else "lose the answer"

        it = service(mishap)
        with self.assertRaises(boptest.Unreachable):
            it.test("00000000-0000-4000-8000-000000000000").advance()
        self.assertEqual(it._transport._session.counts, {"POST /advance": 0, "GET /version": 0})


class Accounts(unittest.TestCase):
    def test_lists_and_stops_the_tests_of_a_user(self):
        mine = service(key=os.environ["BOPTEST_KEY"])
        tests = [mine.select("testcase1") for _ in range(2)]
        self.assertEqual(mine.user_tests(USER), sorted(test.id for test in tests))
        self.assertEqual(mine.stop_user_tests(USER), 2)
        self.assertEqual(mine.user_tests(USER), [])

    def test_tells_every_reason_why_an_upload_was_refused(self):
        # In a namespace, for all, and privately: the same, at other paths.
        root = service(key=os.environ["BOPTEST_ROOT_KEY"])
        mine = service(key=os.environ["BOPTEST_KEY"])
        places = [
            (root, {"namespace": "python"}),
            (root, {}),
            (mine, {"user": USER}),
        ]
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "no.fmu")
            file.write_bytes(b"this is no zip file")
            for who, place in places:
                testcase = who.testcase("refused", **place)
                testcase.upload(file)
                with self.assertRaises(boptest.BadInput) as caught:
                    testcase.select()
                self.assertGreater(len(caught.exception.reasons), 0)
                self.assertIn("zip", " ".join(caught.exception.reasons))
                with self.assertRaises(boptest.BadInput):
                    testcase.about()
                with self.assertRaises(boptest.BadInput):
                    testcase.select_async().wait_until_running(0.05).name()
                self.assertEqual([each["status"] for each in who.testcases(**place) if each["testcaseid"] == "refused"], ["refused"])
                testcase.delete()
                self.assertNotIn("refused", [each["testcaseid"] for each in listed(who, place)])

    def test_uploads_an_fmu_and_runs_it(self):
        mine = service(key=os.environ["BOPTEST_KEY"], progress=True)
        shown = io.StringIO()
        with redirect_stderr(shown):
            testcase = mine.testcase("two-zones", user=USER)
            testcase.upload(FMU)
            with testcase.select() as test:
                self.assertEqual(test.name(), "two-zones")
        self.assertEqual("uploading two-zones.fmu" in shown.getvalue(), version_of("tqdm") != "not here")
        with self.assertRaises(ValueError):
            mine.testcase("x", user=USER, namespace="y")


def listed(who, place):
    try:
        return who.testcases(**place)
    except boptest.NotFound:
        # There is none left.
        return []


class Described(unittest.TestCase):
    CLASSES = (boptest.Service, boptest.TestCase, boptest.Test)

    def test_every_operation_of_the_description_has_its_method(self):
        marked = [
            each
            for cls in self.CLASSES
            for _, method in inspect.getmembers(cls, inspect.isfunction)
            for each in getattr(method, "operation_ids", ())
        ]
        self.assertEqual(sorted(marked), sorted(operation["id"] for operation in OPERATIONS))

    def test_every_method_says_what_it_does_and_in_which_units(self):
        seconds = {"start_time", "warmup_period", "final_time", "step", "horizon", "interval", "start", "final", "wait", "poll"}
        for cls in self.CLASSES:
            for name, method in inspect.getmembers(cls, inspect.isfunction):
                if name.startswith("_"):
                    continue
                said = inspect.getdoc(method) or ""
                self.assertNotEqual(said, "", f"{cls.__name__}.{name} has no docstring")
                if seconds & set(inspect.signature(method).parameters):
                    self.assertRegex(said, r"\bs\b", f"{cls.__name__}.{name} does not say that its times are in s")
        self.assertRegex(inspect.getdoc(boptest.Test.kpis), "(?s)kWh/m².*K·h.*ppm·h")


class zLast(unittest.TestCase):
    """Runs after all others: unittest goes by names."""

    def test_every_operation_was_carried_out_at_its_path(self):
        missing = []
        for operation in OPERATIONS:
            # `/testcases/{testcaseid}` and `/testcases/{namespace}` are told apart by the method, or by what follows.
            pattern = re.sub(r"\{[^}]*\}", "[^/]+", operation["path"])
            if not any(method == operation["method"] and re.fullmatch(pattern, path) for method, path in SENT):
                missing.append(operation["id"])
        self.assertEqual(missing, [])


if __name__ == "__main__":
    unittest.main()
