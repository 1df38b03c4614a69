"""A bare chat server on Flask-SocketIO and eventlet: join a room, say something to it. No sign-in, no rights.

    python server.py PORT [DATABASE]

With a database, each message is committed (synchronous=FULL) before anybody hears of it.
"""

import eventlet

eventlet.monkey_patch()

import sqlite3
import sys

import eventlet.wsgi
from flask import Flask
from flask_socketio import SocketIO, join_room

MOST_CONNECTIONS = 50_000


def opened(path):
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE messages (id INTEGER PRIMARY KEY, room TEXT NOT NULL, text TEXT NOT NULL)")
    return connection


def main(port, database=None):
    app = Flask(__name__)
    server = SocketIO(app, async_mode="eventlet", cors_allowed_origins="*")
    store = opened(database) if database else None

    @server.on("join")
    def on_join(wish):
        join_room(wish["room"])
        return True

    @server.on("message")
    def on_message(message):
        if store:
            row = (message["room"], message["text"])
            store.execute("INSERT INTO messages (room, text) VALUES (?, ?)", row)
        server.emit("message", message, to=message["room"])
        return True

    listener = eventlet.listen(("127.0.0.1", port), backlog=4096)
    eventlet.wsgi.server(listener, app, log_output=False, max_size=MOST_CONNECTIONS)


main(int(sys.argv[1]), *sys.argv[2:])
