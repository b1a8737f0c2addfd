"""What can go wrong, as classes. Each error's message is the service's own, where the service said one."""

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
    """400, 405, 413, 431: the input is bad, or too much is asked for. Nothing has changed."""


class BadAddress(BoptestError):
    """The URL of a service does not begin with http:// or https://. Nothing was sent."""


class UnknownTest(BoptestError):
    """There is no such test: it was stopped, or ended because it was idle."""


class NotAllowed(BoptestError):
    """401, 403: the key is missing, is another's, or lacks the right."""


class NotFound(BoptestError):
    """404: there is no such test case, checkpoint, request or path."""


class Conflict(BoptestError):
    """409, 422: the test is still Queued, a name is taken, or a key was used for another request."""


class AnswerGone(BoptestError):
    """410: the answer is not kept any more. The test's time tells whether the call took effect."""


class TooMuch(BoptestError):
    """429: too much at the same time, and still so after all retries."""


class Failed(BoptestError):
    """500: the simulation failed, and the test is as it was; or the service did."""


class Unavailable(BoptestError):
    """502, 503, 504: the service cannot do it right now, and still not after all retries."""


class Unreachable(BoptestError):
    """There was no answer: the network failed, or the time was over."""


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
    """The error that an answer stands for: of a test, of another route, of the gateway, or of a proxy before it."""
    try:
        body: Any = json.loads(text)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        body = {}
    errors = body.get("errors")
    unknown = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else None
    said = body.get("detail") or body.get("message") or (unknown or {}).get("msg")
    # A message of a batch is refused in the words of BOPTEST's WebSocket: what is wrong is in the payload.
    if said == "Bad Request" and isinstance(body.get("payload"), str):
        said = body["payload"]
    message = said if isinstance(said, str) else f"The service answered {status}: {text[:200]}"
    cls = UnknownTest if unknown else _CLASSES.get(status, BadInput if status < 500 else Failed)
    reasons = body.get("reasons")
    return cls(message, status, reasons if isinstance(reasons, list) else (), retry_after)
