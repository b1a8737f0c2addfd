"""A test case: begins tests; uploads and deletes."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from urllib.parse import quote, urlencode

from .operations import operation
from .test import Test
from .transport import Transport
from .types import About, UploadForm


def path_of(name: str | None, namespace: str | None, user: str | None) -> str:
    """The path of a test case's routes, or of a list of test cases."""
    if user is not None and namespace is not None:
        raise ValueError("A test case is in a namespace or a user's own, not both")
    scope = ["users", user, "testcases"] if user is not None else ["testcases", *([namespace] if namespace else [])]
    return "".join(f"/{quote(part, safe='')}" for part in [*scope, *([] if name is None else [name])])


class TestCase:
    """A test case of the service: shared by all, in a namespace, or a user's own."""

    __test__ = False  # pytest must not collect a class of this name.

    def __init__(
        self, transport: Transport, name: str, *, namespace: str | None = None, user: str | None = None
    ) -> None:
        self.name = name
        self._transport = transport
        self._path = path_of(name, namespace, user)

    def __repr__(self) -> str:
        return f"TestCase({self._path!r})"

    @operation("select", "selectInNamespace", "selectOfUser")
    def select(self) -> Test:
        """Starts a test, and waits until it runs: minutes, if an upload is still being checked."""
        return self._begin("select")

    def select_many(self, count: int) -> list[Test]:
        """Starts so many tests, or none, and waits until all of them run."""
        answer = self._transport.json("POST", f"{self._path}/select", {"count": count}, changes=True)
        return [Test(self._transport, testid) for testid in answer["testids"]]

    @operation("selectAsync", "selectAsyncInNamespace", "selectAsyncOfUser")
    def select_async(self) -> Test:
        """Starts a test without waiting: it is Queued at first. Commands can be sent at once."""
        return self._begin("select-async")

    @operation("getAboutTestcase", "getAboutNamespaceTestcase", "getAboutUserTestcase")
    def about(self) -> About:
        """The description of the test case."""
        about: About = self._transport.payload("GET", f"{self._path}/about")
        return about

    @operation("getPostForm", "getNamespacePostForm", "getUserPostForm")
    def post_form(self, file: str | None = None) -> UploadForm:
        """A form for an upload. file: the name of a file beside the FMU; by default the FMU itself."""
        form: UploadForm = self._transport.json("GET", f"{self._path}/post-form{_query(file)}")
        return form

    def upload(self, path: str | PathLike[str], file: str | None = None) -> None:
        """Uploads an FMU, or, with `file`, a file beside it: `config.json`, `weather.csv`, ….

        The service checks it from then on; `select` waits for that, and raises BadInput with every reason in `reasons`
        if it is refused.
        """
        source = Path(path)
        form = self.post_form(file)
        name = file or f"{self.name}.fmu"
        self._transport.upload(form["url"], form["fields"], name, source, f"uploading {name}")

    @operation("deleteTestcase", "deleteNamespaceTestcase", "deleteUserTestcase")
    def delete(self, file: str | None = None) -> None:
        """Deletes the uploaded test case, or only the file beside its FMU."""
        self._transport.json("DELETE", self._path + _query(file))

    def _begin(self, how: str) -> Test:
        answer = self._transport.json("POST", f"{self._path}/{how}", changes=True, label=f"selecting {self.name}")
        return Test(self._transport, answer["testid"], answer.get("remark"))


def _query(file: str | None) -> str:
    return "" if file is None else f"?{urlencode({'file': file})}"
