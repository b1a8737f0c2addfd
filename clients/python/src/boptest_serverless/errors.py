"""The errors, as classes. The message is the service's own, if the service sent one."""

from __future__ import annotations

import json
from typing import Any, Sequence


class BoptestError(Exception):
    """Every error of this package.

    status: the HTTP status; None where there was no answer.
    reasons: every reason why an uploaded test case was refused; empty otherwise.
    retry_after: when the service says to come back, in s; None where it says nothing.
    """

    def __init__(
        self,
        message: str,
        status: int | None = None,
        reasons: Sequence[str] = (),
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.reasons = list(reasons)
        self.retry_after = retry_after


class BadInput(BoptestError):
    """400, 405, 413, 431: bad input, or a call beyond a limit. Nothing has changed."""


class BadAddress(BoptestError):
    """The URL of a service does not begin with http:// or https://. Nothing was sent."""


class UnknownTest(BoptestError):
    """The test is unknown: it was stopped, or ended because it was idle."""


class NotAllowed(BoptestError):
    """401, 403: the key is missing, belongs to another account, or lacks the right."""


class NotFound(BoptestError):
    """404: an unknown test case, checkpoint, request or path."""


class Conflict(BoptestError):
    """409, 422: the test is still Queued, a name is taken, or a key was used for another request."""


class AnswerGone(BoptestError):
    """410: the answer is no longer kept. The test's time tells whether the call took effect."""


class TooMuch(BoptestError):
    """429: a limit is reached, and still is after all retries."""


class Failed(BoptestError):
    """500: the simulation failed, and the test has not changed; or the service failed."""


class Unavailable(BoptestError):
    """502, 503, 504: the service is not available, and still is not after all retries."""


class Unreachable(BoptestError):
    """No answer: the network failed, or the time limit was over."""


_CLASSES: dict[int, type[BoptestError]] = {
    401: NotAllowed,
    403: NotAllowed,
    404: NotFound,
    409: Conflict,
    410: AnswerGone,
    422: Conflict,
    429: TooMuch,
    500: Failed,
    502: Unavailable,
    503: Unavailable,
    504: Unavailable,
}


def error_of(status: int, text: str, retry_after: float | None = None) -> BoptestError:
    """The error of an answer: of a test, of another route, of the gateway, or of a proxy before it."""
    try:
        body: Any = json.loads(text)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        body = {}
    errors = body.get("errors")
    unknown = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else None
    said = body.get("detail") or body.get("message") or (unknown or {}).get("msg")
    # The refusal of a message in a batch has the format of BOPTEST's WebSocket: the payload contains the reason.
    if said == "Bad Request" and isinstance(body.get("payload"), str):
        said = body["payload"]
    message = said if isinstance(said, str) else f"The service answered {status}: {text[:200]}"
    cls = UnknownTest if unknown else _CLASSES.get(status, BadInput if status < 500 else Failed)
    reasons = body.get("reasons")
    return cls(message, status, reasons if isinstance(reasons, list) else (), retry_after)
