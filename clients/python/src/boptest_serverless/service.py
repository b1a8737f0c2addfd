"""A service at an address."""

from __future__ import annotations


from typing import Any
from urllib.parse import quote

import requests

from .operations import operation
from .progress import shows_progress
from .test import Test
from .testcase import TestCase, path_of
from .transport import Transport
from .types import Health, ListedTestCase, Version


class Service:
    """A service at an address.

    key: of an account.
    retries: how often a call is tried again that got no answer, or was told to come back.
    timeout: the time limit of one HTTP request, in s. A call that has to wait makes several.
    progress: whether bars are shown (with tqdm); left out: where standard error is a terminal.
    session: a `requests.Session` of your own, with proxies or certificates.
    """

    def __init__(
        self,
        url: str = "http://127.0.0.1:8000",
        key: str | None = None,
        *,
        retries: int = 8,
        timeout: float = 120,
        progress: bool | None = None,
        session: requests.Session | None = None,
    ) -> None:
        self._transport = Transport(url, key, retries, timeout, shows_progress(progress), session)

    @property
    def url(self) -> str:
        return self._transport.url

    def __repr__(self) -> str:
        return f"Service({self.url!r})"

    @operation("getVersion")
    def version(self) -> Version:
        """The version of the contract, and of the service if it has one."""
        version: Version = self._transport.payload("GET", "/version")
        return version

    @operation("getHealth")
    def health(self) -> Health:
        """Whether Redis and S3 answer, and after how many ms; raises nothing if one of them does not."""
        health: Health = self._transport.json("GET", "/healthz", accepts=503)
        return health

    @operation("getDescription")
    def description(self) -> str:
        """The API's description: OpenAPI 3.1 as YAML."""
        return self._transport.text("GET", "/openapi.yaml")

    @operation("getDocs")
    def docs(self) -> str:
        """The API's description as a page, in HTML; in a browser it is at `/docs`."""
        return self._transport.text("GET", "/docs")

    @operation("getDocsFile")
    def docs_file(self, file: str) -> str:
        """A file of that page: a script or a style sheet."""
        return self._transport.text("GET", f"/docs/{quote(file, safe='')}")

    @operation("getTestcases", "getNamespaceTestcases", "getUserTestcases")
    def testcases(self, *, namespace: str | None = None, user: str | None = None) -> list[ListedTestCase]:
        """The shared test cases, or those of a namespace, or a user's private ones."""
        listed: list[ListedTestCase] = self._transport.json("GET", path_of(None, namespace, user))
        return listed

    def testcase(self, name: str, *, namespace: str | None = None, user: str | None = None) -> TestCase:
        """A test case by its name, without a call."""
        return TestCase(self._transport, name, namespace=namespace, user=user)

    def select(self, testcase: str, *, namespace: str | None = None, user: str | None = None) -> Test:
        """Selects a test case, and waits until its test runs."""
        return self.testcase(testcase, namespace=namespace, user=user).select()

    def test(self, testid: str) -> Test:
        """A test that was selected before."""
        return Test(self._transport, testid)

    @operation("batch")
    def batch(self, messages: list[dict[str, Any]], *, strict: bool = False) -> list[dict[str, Any]]:
        """Sends messages to any tests in one call, up to 256, and returns their `responsedata` in the same order.

        A message is `{"testid", "method", "params"}`, and for `advance` optionally `with`; a `requestid` is put in where
        there is none. One that is refused has its own status there, and raises nothing.

        strict: a message that is refused raises, after the others have taken effect. Those that were refused only because
            there was too much at once are sent again.
        """
        sent = [{"requestid": str(index), "params": {}, **message} for index, message in enumerate(messages, 1)]
        if strict:
            return self._transport.batch(sent)
        answers = self._transport.json("POST", "/batch", sent, changes=True)
        return [answer["responsedata"] for answer in answers]

    @operation("getBatch")
    def batch_answers(self, batchid: str, wait: float = 25) -> list[dict[str, Any]]:
        """Waits for the answers of a batch, by the address of an earlier call; one HTTP call waits for `wait` s."""
        answers = self._transport.json("GET", f"/batches/{quote(batchid, safe='')}?wait={wait:g}")
        return [answer["responsedata"] for answer in answers]

    @operation("getUserTests")
    def user_tests(self, user: str) -> list[str]:
        """The ids of a user's tests."""
        ids: list[str] = self._transport.json("GET", f"/users/{quote(user, safe='')}/tests")
        return ids

    @operation("stopUserTests")
    def stop_user_tests(self, user: str) -> int:
        """Stops all tests of a user, and returns their number."""
        total: int = 0
        while True:
            answer: dict[str, int] = self._transport.json("DELETE", f"/users/{quote(user, safe='')}/tests")
            total += answer["stopped"]
            if answer["left"] == 0:
                return total
