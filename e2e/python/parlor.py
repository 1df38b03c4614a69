"""A running server, and people who act on it over HTTP and over python-socketio."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import threading
import uuid
from pathlib import Path

import requests
import socketio

REPOSITORY = Path(__file__).resolve().parents[2]
BINARY = REPOSITORY / os.environ.get("PARLOR_BIN", "target/debug/parlor")
READY = re.compile(r"^Parlor is ready at (http://\S+)$")
PATIENCE = 10.0


class Server:
    """`parlor serve` over one data directory. Port 0 takes any free one; to be started twice it needs a port."""

    def __init__(self, data_dir, port=0):
        self.data_dir = data_dir
        self.port = port

    def start(self):
        """Starts the process and returns once it is ready, with `url` its address."""
        self.process = subprocess.Popen(
            [BINARY, "serve", "--listen", f"127.0.0.1:{self.port}", "--data-dir", self.data_dir, "--profile", "testing"],
            cwd=self.data_dir,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.output = []
        ready = threading.Event()

        def read():
            for line in self.process.stdout:
                self.output.append(line)
                if found := READY.match(line.rstrip()):
                    self.url = found[1]
                    ready.set()
            ready.set()

        self.url = None
        threading.Thread(target=read, daemon=True).start()
        ready.wait(20)
        if self.url is None:
            self.process.kill()
            raise RuntimeError("the server did not become ready:\n" + "".join(self.output[-40:]))

    def kill(self):
        """Ends the process at once, as the kernel would."""
        self.process.kill()
        self.process.wait()

    def stop(self):
        """Asks the server to end; it has to do so cleanly and in time."""
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(timeout=15) == 0


def free_port():
    """A port nobody listens on, below those that outgoing connections take."""
    while True:
        port = 10_000 + uuid.uuid4().int % 20_000
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


class Person:
    """Somebody with an account."""

    def __init__(self, server, name):
        self.server = server
        self.username = f"{name}-{uuid.uuid4().hex[:12]}"
        self.password = str(uuid.uuid4())
        answer = self.request(
            "POST",
            "/api/auth/register",
            username=self.username,
            email=f"{self.username}@example.org",
            password=self.password,
            privacy_policy_accepted=True,
        )
        answer.raise_for_status()
        signed_in = answer.json()
        self.token = signed_in["access_token"]
        self.id = signed_in["user"]["id"]

    def request(self, method, path, **body):
        """Sends a request as this person and returns the answer, whatever it is."""
        token = getattr(self, "token", None)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        sent = body if method in ("POST", "PUT") else None
        return requests.request(method, self.server.url + path, json=sent, headers=headers, timeout=PATIENCE)

    def do(self, method, path, **body):
        """Sends a request that has to succeed and returns what came back."""
        answer = self.request(method, path, **body)
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None


class Device:
    """One connected client of a person; `async with` connects and disconnects it."""

    def __init__(self, person, transports=("websocket",), reconnection=False, resume=None):
        self.person = person
        self.transports = list(transports)
        self.resume = resume or {}
        self.heard = []
        self._news = asyncio.Condition()
        self.client = socketio.AsyncClient(reconnection=reconnection, reconnection_delay=0.05, reconnection_delay_max=0.2)
        self.client.on("*", self._hear)
        self.client.on("connect_error", self._hear_refusal)

    def _auth(self):
        return {"token": self.person.token, "resume": {str(room): seq for room, seq in self.resume.items()}}

    async def __aenter__(self):
        await self.client.connect(self.person.server.url, auth=self._auth, transports=self.transports)
        return self

    async def __aexit__(self, *_):
        await self.client.disconnect()

    async def _hear(self, name, payload):
        if name == "new_message" and payload["room_id"] in self.resume:
            self.resume[payload["room_id"]] = max(self.resume[payload["room_id"]], payload["seq"])
        async with self._news:
            self.heard.append((name, payload))
            self._news.notify_all()

    async def _hear_refusal(self, reason):
        await self._hear("connect_error", reason)

    async def ask(self, name, payload):
        """Sends an event and returns its acknowledgement."""
        return await self.client.call(name, payload, timeout=PATIENCE)

    async def until(self, name, fits=lambda payload: True):
        """The first event of that name, heard already or to come, whose payload fits."""

        def found():
            return next((p for n, p in self.heard if n == name and fits(p)), None)

        async with self._news:
            await asyncio.wait_for(self._news.wait_for(lambda: found() is not None), PATIENCE)
        return found()

    def messages(self):
        """The contents of the messages heard, in the order they came."""
        return [payload["message"]["content"] for name, payload in self.heard if name == "new_message"]
