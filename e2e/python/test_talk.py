"""Two people talk through python-socketio."""

import asyncio

import pytest
import socketio

from parlor import Device, Person


@pytest.mark.parametrize("transports", [["websocket"], ["polling"], ["polling", "websocket"]], ids="+".join)
def test_two_people_talk(server, transports):
    async def story():
        alice, bob = Person(server, "alice"), Person(server, "bob")
        room = alice.do("POST", "/api/rooms", name="阅读小组")
        async with Device(alice, transports) as at_alice, Device(bob, transports) as at_bob:
            joined = await at_bob.ask("join_room", {"room_id": room["id"]})
            assert joined["ok"], joined
            await at_alice.until("user_joined", lambda e: e["user"]["id"] == bob.id)

            said = await at_bob.ask("send_message", {"room_id": room["id"], "content": "Hello, 世界 👋"})
            assert said["ok"], said
            heard = await at_alice.until("new_message")
            assert heard["message"]["content"] == "Hello, 世界 👋"
            assert heard["message"]["id"] == said["message"]["id"]

            await at_alice.ask("typing_start", {"room_id": room["id"]})
            typing = await at_bob.until("typing_update")
            assert (typing["user"]["id"], typing["typing"]) == (alice.id, True)

    asyncio.run(story())


def test_failures_are_acknowledged_or_come_as_events(server):
    async def story():
        alice = Person(server, "alice")
        async with Device(alice) as at_alice:
            lost = {"room_id": 9_999_999, "content": "Anybody?"}
            answer = await at_alice.ask("send_message", lost)
            assert (answer["ok"], answer["error"]["code"]) == (False, "not_found")
            await at_alice.client.emit("send_message", lost)
            assert (await at_alice.until("error"))["code"] == "not_found"

    asyncio.run(story())


def test_no_token_no_connection(server):
    async def story():
        alice = Person(server, "alice")
        alice.token = "garbage"
        stranger = Device(alice)
        with pytest.raises(socketio.exceptions.ConnectionError):
            async with stranger:
                pass
        assert stranger.heard[0] == ("connect_error", {"message": "unauthorized"})

    asyncio.run(story())


def test_a_client_comes_back_after_the_server_was_killed(server):
    async def story():
        alice, bob = Person(server, "alice"), Person(server, "bob")
        room = alice.do("POST", "/api/rooms", name="A room that stays")
        path = f"/api/rooms/{room['id']}"
        bob.do("POST", f"{path}/join")
        head = bob.do("GET", path)["last_seq"]
        async with Device(bob, reconnection=True, resume={room["id"]: head}) as at_bob:
            alice.do("POST", f"{path}/messages", content="before")
            await at_bob.until("new_message", lambda e: e["message"]["content"] == "before")
            await asyncio.to_thread(server.kill)
            await asyncio.to_thread(server.start)
            alice.do("POST", f"{path}/messages", content="after")
            await at_bob.until("new_message", lambda e: e["message"]["content"] == "after")
            assert at_bob.messages() == ["before", "after"]

    asyncio.run(story())
