"""Every operation of the OpenAPI document, with made-up requests, good and bad: what comes back is documented."""

import os
import subprocess
import sys
from pathlib import Path

from parlor import BINARY, Person

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"


def test_the_server_answers_as_documented(server, tmp_path):
    # Made-up requests meet those who came first: the low numbers.
    for _ in range(20):
        Person(server, "bystander")
    admin = Person(server, "admin")
    set_role = [BINARY, "admin", "set-role", admin.username, "admin", "--data-dir", server.data_dir]
    subprocess.run(set_role, check=True)
    admin.do("GET", "/api/admin/users")
    run = subprocess.run(
        [
            Path(sys.executable).with_name("st"),
            "run",
            f"{server.url}/api/openapi.json",
            f"--checks={CHECKS}",
            "--phases=examples,coverage,fuzzing",
            "--max-examples=40",
            "--generation-deterministic",
            "--continue-on-failure",
            "--no-shrink",
            "--no-color",
            "--request-timeout=10",
        ],
        cwd=tmp_path,
        env={
            **os.environ,
            "PARLOR_URL": server.url,
            "PARLOR_ADMIN_TOKEN": admin.token,
            "PYTHONPATH": str(Path(__file__).parent),
            "SCHEMATHESIS_HOOKS": "openapi_auth",
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
    )
    print(run.stdout)
    assert run.returncode == 0
