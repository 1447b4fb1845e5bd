"""A language client: as much of the protocol as asking a few questions about one open file takes."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue
from typing import Any, Final

Json = dict[str, Any]

PATIENCE: Final = 60
"""Seconds to wait for an answer; the first one takes the longest, since the server reads the standard library."""


class LanguageServer:
    """A running language server, asked about files in a folder of its own. Close it after use.

    Args:
        command: The server and its arguments, as an editor starts it.
        folder: The workspace.
    """

    def __init__(self, command: list[str], folder: Path) -> None:
        self._folder = folder
        # What an editor does when an environment is activated: this Python's packages are the project's.
        environ = {
            **os.environ,
            "VIRTUAL_ENV": sys.prefix,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        }
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=folder, env=environ
        )
        self._answers: Queue[Json | None] = Queue()
        self._next_id = 0
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        self.capabilities: Json = self.request("initialize", self._introduction())["capabilities"]
        self._notify("initialized", {})

    def _introduction(self) -> Json:
        markdown = {"documentationFormat": ["markdown", "plaintext"]}
        return {
            "processId": os.getpid(),
            "rootUri": self._folder.as_uri(),
            "workspaceFolders": [{"uri": self._folder.as_uri(), "name": self._folder.name}],
            "capabilities": {
                "workspace": {"configuration": True, "workspaceFolders": True},
                "textDocument": {
                    "diagnostic": {},
                    "synchronization": {},
                    "hover": {"contentFormat": ["markdown", "plaintext"]},
                    "completion": {"completionItem": {**markdown, "snippetSupport": False}},
                    "signatureHelp": {
                        "signatureInformation": {**markdown, "parameterInformation": {"labelOffsetSupport": True}}
                    },
                },
            },
        }

    # Asking

    def ask(self, method: str, name: str, text: str) -> Any:
        """Open a file whose text has the cursor at ``|``, and ask ``textDocument/<method>`` there."""
        before, _, after = text.partition("|")
        path = self._folder / name
        path.write_text(before + after, encoding="utf-8")
        document = {"uri": path.as_uri()}
        self._notify(
            "textDocument/didOpen",
            {"textDocument": {**document, "languageId": "python", "version": 1, "text": before + after}},
        )
        position = {"line": before.count("\n"), "character": len(before) - before.rfind("\n") - 1}
        answer = self.request(f"textDocument/{method}", {"textDocument": document, "position": position})
        self._notify("textDocument/didClose", {"textDocument": document})
        return answer

    def completions(self, name: str, text: str) -> list[Json]:
        """What is offered at the cursor."""
        answer: Any = self.ask("completion", name, text)
        items: list[Json] = answer["items"] if "items" in (answer or ()) else answer or []
        return items

    def signature(self, name: str, text: str) -> Json:
        """The signature that is shown at the cursor."""
        answer = self.ask("signatureHelp", name, text)
        signature: Json = answer["signatures"][answer.get("activeSignature", 0)]
        return signature

    def close(self) -> None:
        """Stop the server."""
        with self._process:  # closes its pipes
            try:
                self.request("shutdown", None)
                self._notify("exit", None)
                self._process.wait(5)
            except (OSError, EOFError, TimeoutError, subprocess.TimeoutExpired):
                self._process.kill()
            self._listener.join()

    # The wire

    def request(self, method: str, parameters: Any) -> Any:
        """Send a request and wait for its result."""
        self._next_id += 1
        self._write({"id": self._next_id, "method": method, "params": parameters})
        for answer in self._read():
            if answer.get("id") == self._next_id:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
        raise EOFError(f"{method}: the server has gone")

    def _notify(self, method: str, parameters: Any) -> None:
        self._write({"method": method, "params": parameters})

    def _write(self, message: Json) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        stdin: Any = self._process.stdin  # a pipe
        stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        stdin.flush()

    def _read(self) -> Iterator[Json]:
        while True:
            try:
                message = self._answers.get(timeout=PATIENCE)
            except Empty:
                raise TimeoutError(f"no answer within {PATIENCE} s") from None
            if message is None:
                return
            yield message

    def _listen(self) -> None:
        """Queue answers, and answer what the server itself asks for."""
        stdout: Any = self._process.stdout  # a pipe
        while header := stdout.readline():
            length = int(header.partition(b":")[2])
            while stdout.readline().strip():
                pass
            message: Json = json.loads(stdout.read(length))
            if "method" not in message:
                self._answers.put(message)
            elif "id" in message:
                self._write({"id": message["id"], "result": self._result(message)})
        self._answers.put(None)

    def _result(self, message: Json) -> Any:
        if message["method"] != "workspace/configuration":
            return None
        settings: dict[str, Json] = {"python": {"pythonPath": sys.executable}}
        return [settings.get(item.get("section", "")) for item in message["params"]["items"]]
