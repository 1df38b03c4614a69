import pytest

from parlor import Server, free_port


@pytest.fixture
def server(tmp_path):
    """A server on a fresh data directory, on a port it can come back to."""
    server = Server(tmp_path, free_port())
    server.start()
    yield server
    server.stop()
