"""Sandboxes to talk to, and the published file as the judge of what is said."""

from collections.abc import Iterator

import pytest

from sandbox.testing import RunningSandbox, running_sandbox
from tests.contract.sandbox.orders import TODAY
from tests.contract.sandbox.osdm_client import OsdmClient
from tests.contract.sandbox.osdm_file import FILE, OsdmFile, osdm_file


@pytest.fixture(scope="session")
def file() -> OsdmFile:
    """The published OpenAPI file."""
    if not FILE.exists():
        pytest.skip(f"the published OpenAPI file is missing: {FILE.name} in ../shared/data")
    return osdm_file()


@pytest.fixture
def plain_sandbox() -> Iterator[RunningSandbox]:
    """A sandbox of the plain personality."""
    with running_sandbox("plain") as sandbox:
        sandbox.clock_set(TODAY)
        yield sandbox


@pytest.fixture
def strict_sandbox() -> Iterator[RunningSandbox]:
    """A sandbox of the strict personality."""
    with running_sandbox("strict") as sandbox:
        sandbox.clock_set(TODAY)
        yield sandbox


@pytest.fixture
def plain(plain_sandbox: RunningSandbox, file: OsdmFile) -> Iterator[OsdmClient]:
    """A client of a plain sandbox."""
    with OsdmClient(plain_sandbox, file) as client:
        yield client


@pytest.fixture
def strict(strict_sandbox: RunningSandbox, file: OsdmFile) -> Iterator[OsdmClient]:
    """A client of a strict sandbox."""
    with OsdmClient(strict_sandbox, file, late_documents=True) as client:
        yield client


@pytest.fixture(params=["plain", "strict"])
def either(request: pytest.FixtureRequest) -> OsdmClient:
    """A client of each personality in turn."""
    client: OsdmClient = request.getfixturevalue(request.param)
    return client
