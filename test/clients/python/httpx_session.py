"""The same session with httpx, which follows no redirect unless it is told to.

    python3 httpx_session.py [URL]
"""

import sys

import httpx

URL = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000"

# 1000 times 25 s; httpx' own limits are 20 redirects, and 5 s for an answer.
client = httpx.Client(base_url=URL, follow_redirects=True, max_redirects=1000, timeout=60)


def call(method, path, **body):
    response = client.request(method, path, json=body or None)
    response.raise_for_status()
    return response.text


testid = client.post("testcases/testcase1/select").raise_for_status().json()["testid"]
print(call("PUT", f"initialize/{testid}", start_time=604800, warmup_period=604800))
print(call("PUT", f"step/{testid}", step=2592000))
print(call("POST", f"advance/{testid}", oveAct_u=1000, oveAct_activate=1))
print(call("GET", f"kpi/{testid}"))
print(call("PUT", f"results/{testid}", point_names=["TRooAir_y"], start_time=604800, final_time=608400))
call("PUT", f"stop/{testid}")
