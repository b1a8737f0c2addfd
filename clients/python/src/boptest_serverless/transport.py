"""HTTP: waits for long calls, repeats calls that are safe to repeat, and turns refusals into errors."""

from __future__ import annotations

import json
import logging
import random
import time
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Callable
from urllib.parse import urljoin, urlsplit

import requests

from .errors import BadAddress, BoptestError, TooMuch, Unreachable, error_of
from .named import Named
from .progress import Bar

FIRST_PAUSE, LONGEST_PAUSE = 0.25, 10.0
CONNECT_TIMEOUT = 10.0
# A restarting service refuses connections for some seconds; a missing one refuses them for ever.
LONGEST_REFUSAL = 10.0
_NETWORK = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)

Body = Callable[[], Any]

logger = logging.getLogger("boptest_serverless")


class Transport:
    """A service at an address.

    retries: how often a call is tried again that got no answer, or was told to come back.
    timeout: the time limit of one HTTP request, s. A call that has to wait makes several.
    """

    def __init__(
        self, url: str, key: str | None, retries: int, timeout: float, progress: bool, session: requests.Session | None
    ) -> None:
        if not url.lower().startswith(("http://", "https://")):
            raise BadAddress(f"The URL of a service must begin with http:// or https://, and {url!r} does not")
        self.url = url.rstrip("/")
        self.progress = progress
        self._key = key
        self._retries = retries
        self._timeout = timeout
        self._session: Any = session or _Lean()
        self._heeds_keys: bool | None = None
        # The time since which every connection of this call was refused.
        self._refused_since: float | None = None

    def payload(self, method: str, path: str, body: Any = None, **how: Any) -> Any:
        """The payload of BOPTEST's envelope."""
        return self.json(method, path, body, **how)["payload"]

    def json(self, method: str, path: str, body: Any = None, **how: Any) -> Any:
        text = self.text(method, path, body, **how)
        try:
            return json.loads(text, object_pairs_hook=Named)
        except ValueError as error:
            raise Unreachable(f"{self.url}{path} did not answer JSON: {text[:200]}") from error

    def text(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        changes: bool = False,
        key: str | None = None,
        once: bool = False,
        accepts: int | None = None,
        label: str | None = None,
    ) -> str:
        """The answer's body.

        changes: the call changes something; it carries an Idempotency-Key, so that sent again it takes effect once.
        key: that key, where the caller sends the same again by itself.
        once: a failure is final, because another server that the service called has failed.
        accepts: a status of an error whose body is an answer all the same.
        label: the text to show while the call waits.
        """
        headers: dict[str, str] = {}
        if self._key is not None:
            headers["Authorization"] = self._key
        if changes:
            headers["Idempotency-Key"] = key or str(uuid.uuid4())
        data: bytes | None = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            # The service accepts a bare Infinity or NaN, or refuses it with a sentence.
            data = json.dumps(body).encode()

        def attempt() -> str:
            response = self._follow(method, self.url + path, data, headers, label)
            if response.ok or response.status_code == accepts:
                return response.text
            raise error_of(response.status_code, response.text, _retry_after(response))

        answer: str = self._try_again(attempt, lambda error: self._may_repeat(error, changes, once))
        return answer

    def batch(self, messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The answers to the messages of a batch, each with status 200; raises the error of the first refused one.

        Under one Idempotency-Key the batch is sent again where only there was too much at once, or something was away.
        """
        key = str(uuid.uuid4())

        def attempt() -> list[dict[str, Any]]:
            answers = self.json("POST", "/batch", messages, changes=True, key=key)
            return [self._answer(each["responsedata"]) for each in answers]

        answers: list[dict[str, Any]] = self._try_again(attempt, lambda error: error.status in (429, 503))
        return answers

    def _answer(self, data: dict[str, Any]) -> dict[str, Any]:
        """One message's answer, fetched by its URL if it was too large for the batch."""
        if data["status"] == 303:
            return _object(self._request("GET", urljoin(self.url, data["url"]), None, {}))
        if data["status"] != 200:
            raise error_of(data["status"], json.dumps(data))
        return data

    def upload(self, url: str, fields: Mapping[str, str], name: str, file: Path, label: str) -> None:
        """Posts a file with the fields of a form, as a stream."""

        def attempt() -> None:
            form = _Form(fields, name, file, Bar(label, file.stat().st_size, self.progress))
            try:
                response = self._request("POST", url, form, {"Content-Type": form.content_type}, timeout=1800)
            finally:
                form.bar.close()
            if not response.ok:
                raise error_of(response.status_code, response.text, _retry_after(response))

        # The newest upload of a file counts, so that repeating an upload is safe.
        self._try_again(attempt, lambda error: error.status is None or error.status >= 500)

    def _try_again(self, attempt: Callable[[], Any], may_repeat: Callable[[BoptestError], bool]) -> Any:
        tried = 0
        self._refused_since = None
        while True:
            try:
                return attempt()
            except BoptestError as error:
                if tried >= self._retries or not may_repeat(error) or self._is_refused_for_long():
                    raise
                self._pause(tried, error)
                tried += 1

    def _is_refused_for_long(self) -> bool:
        return self._refused_since is not None and time.monotonic() - self._refused_since >= LONGEST_REFUSAL

    def _pause(self, tried: int, error: BoptestError) -> None:
        """Waits before a call is repeated, and logs the first missing answer."""
        if tried == 0 and isinstance(error, Unreachable):
            logger.warning("%s; trying again", error)
        pause = min(FIRST_PAUSE * 2**tried, LONGEST_PAUSE) * random.uniform(0.5, 1)
        if self._refused_since is not None:
            pause = min(pause, max(self._refused_since + LONGEST_REFUSAL - time.monotonic(), 0))
        time.sleep(max(pause, error.retry_after or 0))

    def _follow(
        self, method: str, url: str, data: bytes | None, headers: dict[str, str], label: str | None
    ) -> requests.Response:
        """Follows the service's redirects until there is an answer."""
        response = self._request(method, url, data, headers)
        if response.status_code not in (202, 303):
            return response
        bar = Bar(label or "waiting", None, self.progress)
        try:
            while response.status_code in (202, 303):
                told = _object(response) if response.status_code == 303 else {}
                place = told.get("poll") or told.get("url") or response.headers.get("Location") or response.url
                place = urljoin(url, place)
                own = urlsplit(place).netloc == urlsplit(self.url).netloc
                if own and "wait=" not in place:
                    place += "?wait=25"
                # A signed address contains its own permission, and accepts no other.
                key = {"Authorization": self._key} if own and self._key is not None else {}
                response = self._request("GET", place, None, key)
        finally:
            bar.close()
        return response

    def _request(
        self, method: str, url: str, data: Any, headers: dict[str, str], timeout: float | None = None
    ) -> requests.Response:
        try:
            response: requests.Response = self._session.request(
                method,
                url,
                data=data,
                headers=headers,
                allow_redirects=False,
                timeout=(CONNECT_TIMEOUT, timeout or self._timeout),
            )
        except _NETWORK as error:
            if "refused" not in str(error):
                self._refused_since = None
            elif self._refused_since is None:
                self._refused_since = time.monotonic()
            raise Unreachable(f"No answer from {self.url}: {error}") from error
        self._refused_since = None
        return response

    def _may_repeat(self, error: BoptestError, changes: bool, once: bool) -> bool:
        """Whether the call can be repeated: the failure is temporary, and the call cannot take effect twice."""
        if isinstance(error, TooMuch):
            return True
        if error.status == 409:
            return error.retry_after is not None
        if once or error.status not in (None, 503, 504):
            return False
        return not changes or self._knows_keys()

    def _knows_keys(self) -> bool:
        """Whether the service supports Idempotency-Key. BOPTEST's own does not, and its version has no `service`."""
        tried = 0
        while self._heeds_keys is None and tried <= self._retries and not self._is_refused_for_long():
            failure = BoptestError("The service did not answer its version")
            try:
                response = self._request("GET", f"{self.url}/version", None, {})
                if response.ok:
                    self._heeds_keys = "service" in (_object(response).get("payload") or {})
                    break
            except Unreachable as error:
                failure = error
            self._pause(tried, failure)
            tried += 1
        return bool(self._heeds_keys)


class _Lean:
    """Sends one request as a session does, without the parts that this client does not need: cookies, netrc, redirects.

    `Session.request` looks for proxies, certificates and passwords at each call, which takes longer than the call itself.
    """

    def __init__(self) -> None:
        self._session = requests.Session()
        self._settings: dict[tuple[str, str], Any] = {}

    def request(
        self, method: str, url: str, *, data: Any, headers: dict[str, str], allow_redirects: bool, timeout: Any
    ) -> requests.Response:
        place = urlsplit(url)
        settings = self._settings.get((place.scheme, place.netloc))
        if settings is None:
            # Proxies and certificates of the environment.
            settings = self._session.merge_environment_settings(url, {}, False, None, None)
            self._settings[(place.scheme, place.netloc)] = settings
        prepared = requests.PreparedRequest()
        prepared.method, prepared.url = method, url
        prepared.headers = requests.structures.CaseInsensitiveDict({**self._session.headers, **headers})
        prepared.hooks = {}
        prepared.prepare_body(data, None)
        response = self._session.get_adapter(url).send(prepared, timeout=timeout, **settings)
        # Read to its end, so that the next call can use the connection.
        _ = response.content
        return response


class _Form:
    """A multipart body that is read from its file as it is sent."""

    def __init__(self, fields: Mapping[str, str], name: str, file: Path, bar: Bar) -> None:
        boundary = uuid.uuid4().hex
        self.content_type = f"multipart/form-data; boundary={boundary}"
        self.bar = bar
        self._file = file
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'
            for field, value in fields.items()
        ]
        parts.append(
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        )
        self._head = "".join(parts).encode()
        self._tail = f"\r\n--{boundary}--\r\n".encode()

    def __len__(self) -> int:
        return len(self._head) + self._file.stat().st_size + len(self._tail)

    def __iter__(self) -> Iterator[bytes]:
        yield self._head
        with self._file.open("rb") as stream:
            while chunk := stream.read(1 << 18):
                yield chunk
                self.bar.add(len(chunk))
        yield self._tail


def _object(response: requests.Response) -> dict[str, Any]:
    try:
        value = response.json()
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _retry_after(response: requests.Response) -> float | None:
    """`Retry-After` in s; this service gives no dates."""
    try:
        return max(float(response.headers["Retry-After"]), 0.0)
    except (KeyError, ValueError):
        return None
