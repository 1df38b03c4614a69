"""A person with python-socketio's client without asyncio, whatever its version: says what it hears, line by line.

Arguments: address, token, room, transports. Connects, sends one message, hears one, is refused one, and goes.
"""

import json
import sys
import threading

import socketio

url, token, room, transports = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4].split("+")
client = socketio.Client(reconnection=False)
heard = threading.Event()


def tell(what, value):
    print(json.dumps([what, value]), flush=True)


@client.on("new_message")
def on_message(payload):
    if payload["message"]["content"] == "Hello, 世界 👋":
        tell("heard", payload["message"]["content"])
        heard.set()


try:
    client.connect(url, auth={"token": token}, transports=transports)
except socketio.exceptions.ConnectionError:
    tell("refused", True)
    sys.exit()
tell("transport", client.transport())
tell("sent", client.call("send_message", {"room_id": room, "content": "Good day"}, timeout=10))
tell("wrong", client.call("send_message", {"room_id": room, "content": 7}, timeout=10))
if not heard.wait(10):
    tell("heard", None)
client.disconnect()
