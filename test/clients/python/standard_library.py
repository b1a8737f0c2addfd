"""The same session with nothing but Python's standard library.

    python3 standard_library.py [URL]

urllib follows a 303 after a POST, and not after a PUT: the class below makes it follow both.
"""

import json
import sys
import urllib.request

URL = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000"


class FollowAll(urllib.request.HTTPRedirectHandler):
    max_redirections = 30

    def redirect_request(self, request, fp, code, msg, headers, newurl):
        return urllib.request.Request(newurl)


opener = urllib.request.build_opener(FollowAll)


def call(method, path, **body):
    data = json.dumps(body).encode() if body else None
    request = urllib.request.Request(f"{URL}/{path}", data, {"Content-Type": "application/json"}, method=method)
    with opener.open(request) as response:
        return response.read().decode()


testid = json.loads(call("POST", "testcases/testcase1/select"))["testid"]
print(call("PUT", f"initialize/{testid}", start_time=604800, warmup_period=604800))
print(call("PUT", f"step/{testid}", step=2592000))
print(call("POST", f"advance/{testid}", oveAct_u=1000, oveAct_activate=1))
print(call("GET", f"kpi/{testid}"))
print(call("PUT", f"results/{testid}", point_names=["TRooAir_y"], start_time=604800, final_time=608400))
call("PUT", f"stop/{testid}")
