"""python-socketio in its versions, in its way without asyncio. docs/clients.md shows what is tested as a table."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from parlor import Person

HERE = Path(__file__).resolve().parent
VERSIONS = [line.split()[0] for line in (HERE / "clients.txt").read_text().splitlines()]


def talk(server, version, token, room, transports):
    """Starts a talker that has a version of the library; `None` is the one that everything else uses."""
    environment = dict(os.environ)
    if version is not None:
        environment["PYTHONPATH"] = str(HERE.parent / ".venv" / "clients" / version)
    arguments = [sys.executable, HERE / "talker.py", server.url, token, str(room), transports]
    return subprocess.Popen(arguments, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def line(talker):
    """What the talker says next."""
    said = talker.stdout.readline()
    assert said, talker.stderr.read()
    return json.loads(said)


@pytest.mark.parametrize("transports", ["websocket", "polling", "polling+websocket"])
@pytest.mark.parametrize("version", [*VERSIONS, None])
def test_a_version_of_the_client_talks(server, version, transports):
    alice, bob = Person(server, "alice"), Person(server, "bob")
    room = alice.do("POST", "/api/rooms", name="阅读小组")["id"]
    bob.do("POST", f"/api/rooms/{room}/join")

    refused = talk(server, version, "garbage", room, transports)
    assert line(refused) == ["refused", True]
    refused.communicate(timeout=10)

    talker = talk(server, version, alice.token, room, transports)
    # Whether it has moved to the better transport already is the client's own affair.
    assert line(talker)[1] in transports.split("+")
    what, answer = line(talker)
    assert (what, answer["ok"], answer["message"]["content"]) == ("sent", True, "Good day")
    what, answer = line(talker)
    assert (what, answer["ok"], answer["error"]["code"]) == ("wrong", False, "invalid_field")
    bob.do("POST", f"/api/rooms/{room}/messages", content="Hello, 世界 👋")
    assert line(talker) == ["heard", "Hello, 世界 👋"]
    talker.communicate(timeout=10)
    assert talker.returncode == 0
