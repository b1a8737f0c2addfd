"""A client of boptest-serverless, and of BOPTEST: building emulators, to benchmark controllers on.

    from boptest_serverless import Service

    with Service("http://127.0.0.1:8000").select("testcase1") as test:
        test.set_step(3600)
        while test.time() < 86400:
            test.advance({"oveAct_u": 1000, "oveAct_activate": 1})
        print(test.kpis())

Times are seconds from the start of the emulated year. Calls that take long are waited for; calls whose answer is lost are
sent again under an Idempotency-Key, so that nothing is done twice; refusals are raised as subclasses of BoptestError.
"""

from .errors import (
    AnswerGone,
    BadAddress,
    BadInput,
    BoptestError,
    Conflict,
    Failed,
    NotAllowed,
    NotFound,
    TooMuch,
    Unavailable,
    UnknownTest,
    Unreachable,
)
from .named import UnknownName
from .service import Service
from .test import Test
from .testcase import TestCase

__all__ = [
    "AnswerGone",
    "BadAddress",
    "BadInput",
    "BoptestError",
    "Conflict",
    "Failed",
    "NotAllowed",
    "NotFound",
    "Service",
    "Test",
    "TestCase",
    "TooMuch",
    "Unavailable",
    "UnknownName",
    "UnknownTest",
    "Unreachable",
]
__version__ = "0.1.0"
