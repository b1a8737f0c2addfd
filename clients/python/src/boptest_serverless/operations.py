"""The method for each operation of the API's description."""

from __future__ import annotations

from typing import Any, Callable, TypeVar

Method = TypeVar("Method", bound=Callable[..., Any])


def operation(*ids: str) -> Callable[[Method], Method]:
    """Marks a method with its `operationId`s in openapi.yaml; a test compares both."""

    def mark(method: Method) -> Method:
        setattr(method, "operation_ids", ids)
        return method

    return mark
