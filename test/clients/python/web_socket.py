"""A session over the WebSocket, with Debian's python3-websockets.

    python3 web_socket.py URL
"""

import asyncio
import json
import sys
import urllib.request

import websockets

URL = sys.argv[1]


def call(method, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(URL + path, data, {"content-type": "application/json"}, method=method)
    with urllib.request.urlopen(request) as response:
        return response.status, json.load(response)


def wait_for(answer):
    """Follows an answer that was not ready to where it will be."""
    status, found = 202, None
    while status == 202:
        status, found = call("GET", answer["poll"])
    return found


async def main():
    testid = call("POST", "/testcases/testcase1/select")[1]["testid"]

    def message(method, **params):
        return {"requestid": method, "testid": testid, "method": method, "params": params}

    async with websockets.connect(URL.replace("http", "ws", 1) + "/ws") as socket:

        async def ask(text, count=1):
            await socket.send(text if isinstance(text, str) else json.dumps(text))
            return [json.loads(await socket.recv()) for _ in range(count)]

        [refused] = await ask("{")
        assert "responseid" not in refused and refused["responsedata"]["status"] == 400, refused

        # Longer than a call waits: the answer is at a place that all messages of the list share.
        slow = [message("initialize", start_time=31536000, warmup_period=31536000), message("get_points")]
        answers = await ask(slow, 2)
        assert [answer["responsedata"]["status"] for answer in answers] == [303, 303], answers
        later = wait_for(answers[0]["responsedata"])
        assert [each["responseid"] for each in later] == ["initialize", "get_points"], later
        assert [each["responsedata"]["payload"]["time"] for each in later] == [31536000, 31536000], later

        # Python writes bare Infinity. The answer is too large for a message.
        wanted = {"point_names": ["TRooAir_y"], "start_time": 31500000.0, "final_time": float("inf")}
        [large] = await ask(message("get_results", **wanted))
        assert large["responseid"] == "get_results" and large["responsedata"]["status"] in (200, 303), large

        # More than one frame may hold: the connection is ended.
        try:
            await ask("x" * 40_000)
            raise AssertionError("a frame of 40,000 bytes was taken")
        except websockets.ConnectionClosed as closed:
            assert closed.code == 1009, closed

    call("GET", f"/status/{testid}")
    print("done")


asyncio.run(main())
