"""Who signs the requests that schemathesis makes up. Loaded by name through SCHEMATHESIS_HOOKS."""

import os

import schemathesis

from parlor import Person, Server

server = Server(data_dir=None)
server.url = os.environ["PARLOR_URL"]

# A file of lines is sent as the text it is.
schemathesis.serializer.alias("application/jsonl", "text/plain")

# After one of these the caller's session is over, so each is done by somebody of its own.
ENDS_A_SESSION = {
    ("POST", "/api/auth/logout"),
    ("PUT", "/api/auth/change-password"),
    ("DELETE", "/api/auth/me"),
    ("DELETE", "/api/auth/sessions/{id}"),
}

# What only administrators may do is done by one, so that more than its refusal is seen.
DESK = "/api/admin/"


@schemathesis.auth()
class Bearer:
    def get(self, case, context):
        return Person(server, "schema").token

    def set(self, case, token, context):
        if (case.method.upper(), case.operation.path) in ENDS_A_SESSION:
            token = Person(server, "passing").token
        elif case.operation.path.startswith(DESK):
            token = os.environ["PARLOR_ADMIN_TOKEN"]
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {token}"}
