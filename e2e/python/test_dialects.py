"""Clients of older systems, as they were written for Flask-SocketIO, through python-socketio."""

import asyncio

import pytest
import requests
import socketio

PASSWORD = "a long walk by the river"


class Heard:
    """A client that keeps what it hears."""

    def __init__(self, namespace):
        self.client = socketio.AsyncClient(reconnection=False)
        self.namespace = namespace
        self.events = asyncio.Queue()
        self.client.on("*", self._keep, namespace=namespace)

    async def _keep(self, event, payload=None):
        await self.events.put((event, payload))

    async def next(self, event):
        while True:
            name, payload = await asyncio.wait_for(self.events.get(), 10)
            if name == event:
                return payload

    async def emit(self, event, payload):
        await self.client.emit(event, payload, namespace=self.namespace)


def post(server, path, **body):
    answer = requests.post(server.url + path, json=body, timeout=10)
    assert answer.ok, answer.text
    return answer.json()


async def meeting_client(server, name, proof):
    """A client of `must`: its token in the header, in the address, or in `auth`."""
    post(server, "/auth/register", username=name, email=f"{name}@example.org", password=PASSWORD)
    token = post(server, "/auth/login", username=name, password=PASSWORD)["access_token"]
    heard = Heard("/chat")
    url, extra = server.url, {}
    if proof == "header":
        extra["headers"] = {"Authorization": f"Bearer {token}"}
    elif proof == "address":
        url += f"?jwt={token}"
    else:
        extra["auth"] = {"token": token}
    await heard.client.connect(url, namespaces=["/chat"], **extra)
    return heard


@pytest.mark.parametrize("proof", ["header", "address", "auth"])
def test_must_in_its_namespace(server, proof):
    async def story():
        alice = await meeting_client(server, "alice", proof)
        bob = await meeting_client(server, "bob", proof)
        try:
            await alice.emit("join_room", {"room": "大厅", "username": "alice"})
            assert await alice.next("room_announcement") == {"message": "alice has joined the room."}
            await bob.emit("join_room", {"room": "大厅", "username": "bob"})
            assert await alice.next("room_announcement") == {"message": "bob has joined the room."}
            await bob.emit("chat_message", {"room": "大厅", "message": "Hello, 世界"})
            assert await alice.next("receive_message") == {"message": "Hello, 世界"}
            await bob.client.call("leave_room", {"room": "大厅", "username": "bob"}, namespace="/chat")
            assert await alice.next("room_announcement") == {"message": "bob has left the room."}
        finally:
            await alice.client.disconnect()
            await bob.client.disconnect()

    asyncio.run(story())


def test_komunikator_beside_native_clients(server):
    async def story():
        heard = []
        for name in ["alice", "bob"]:
            token = post(server, "/api/register", user_name=name, password=PASSWORD)["access_token"]
            client = Heard("/")
            await client.client.connect(f"{server.url}?token={token}")
            heard.append((client, {"Authorization": f"Bearer {token}"}))
        (alice, bearer), (bob, _) = heard
        try:
            rooms = requests.get(server.url + "/api/rooms", headers=bearer, timeout=10).json()
            room = next(room["room_id"] for room in rooms if room["room_name"] == "大厅")
            await alice.emit("join", {"user_name": "alice", "room_id": room})
            assert await alice.next("user_joined") == {"user_name": "alice", "room_id": room}
            await bob.emit("message", {"user_name": "bob", "room_id": room, "message": "Hello, 世界"})
            said = await alice.next("new")
            assert (said["user_name"], said["message"], said["room_id"]) == ("bob", "Hello, 世界", room)
            await bob.emit("message", {"user_name": "alice", "room_id": room, "message": "I am alice"})
            assert await bob.next("error") == {"message": "user_name: this is not your own name"}
            await bob.client.call("watchdog", {"user_name": "bob"})
        finally:
            await alice.client.disconnect()
            await bob.client.disconnect()

    asyncio.run(story())
