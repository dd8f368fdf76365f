"""Messages between the trusted side and a job: a length, then JSON in ASCII."""

from __future__ import annotations

import base64
import json
import socket
import struct
from pathlib import Path
from typing import Any

_LENGTH = struct.Struct("!I")
MAX_MESSAGE = 32 * 1024 * 1024
"""Longest message in bytes; what claims to be longer ends the conversation."""

CUT = "\n[the rest of the output was cut off]\n"
"""Stands where a cell showed more than it may."""
REPLY = "application/vnd.autograd-lab.reply"
"""The kind of output under which a real kernel shows the reply to a check."""


class ConversationError(Exception):
    """The other side sent something that is no message."""


def send(connection: socket.socket, message: object) -> None:
    """Send one message. Raises OSError where nobody listens any more."""
    data = json.dumps(message, separators=(",", ":")).encode("ascii")
    connection.sendall(_LENGTH.pack(len(data)) + data)


def receive(connection: socket.socket) -> Any:
    """Return the next message.

    Raises EOFError at the end, TimeoutError as the socket is set, ConversationError for anything
    that is not a message.
    """
    (length,) = _LENGTH.unpack(_exactly(connection, _LENGTH.size))
    if length > MAX_MESSAGE:
        raise ConversationError(f"a message of {length} bytes; {MAX_MESSAGE} is the most")
    try:
        return json.loads(_exactly(connection, length))
    except (ValueError, RecursionError) as error:
        raise ConversationError(f"not JSON: {error}") from None


def write_file(name: str, content: str) -> None:
    """Write a file that a message brought, in Base64, and the folders it lies in."""
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(base64.b64decode(content))


def whole(text: str) -> str:
    """Return a text without halves of characters, which JSON may hold and no file can."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _exactly(connection: socket.socket, count: int) -> bytes:
    """Return the next `count` bytes."""
    parts = bytearray()
    while len(parts) < count:
        part = connection.recv(min(count - len(parts), 1 << 20))
        if not part:
            raise EOFError("the connection ended")
        parts += part
    return bytes(parts)


__all__ = [
    "CUT",
    "MAX_MESSAGE",
    "REPLY",
    "ConversationError",
    "receive",
    "send",
    "whole",
    "write_file",
]
