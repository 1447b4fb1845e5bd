"""Running language servers, each started once."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache

import pytest

from .lsp import LanguageServer
from .servers import SERVERS, MissingServerError, start


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], LanguageServer]]:
    """Called with its name, a running server. One that is not installed is a skip at home and a failure in CI."""
    with ExitStack() as stack:

        @cache
        def run(name: str) -> LanguageServer:
            try:
                server = start(name, tmp_path_factory.mktemp(name))
            except MissingServerError as error:
                pytest.fail(str(error)) if os.environ.get("CI") else pytest.skip(str(error))
            stack.callback(server.close)
            return server

        yield run


@pytest.fixture(scope="session", params=SERVERS)
def server(request: pytest.FixtureRequest, running: Callable[[str], LanguageServer]) -> LanguageServer:
    """Each server in turn."""
    return running(request.param)
