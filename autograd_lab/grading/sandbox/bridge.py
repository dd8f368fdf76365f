"""What runs beside a real kernel, shut in with it: passes cells and calls on, one at a time.

It speaks with the trusted side as `child` does, and with the kernel as Jupyter does, through nbclient
over the loopback of a network that holds nothing else. It decides nothing: what it says is evidence.
"""

# mypy: disable-error-code="misc,no-any-unimported,no-untyped-call"

from __future__ import annotations

import asyncio
import json
import math
import os
import socket
import subprocess
import sys
from typing import Any

import nbformat
from jupyter_client.kernelspec import NoSuchKernel
from nbclient import NotebookClient

from ..codec import Error, dumps
from . import jail, messages
from .limits import Limits
from .messages import CUT, receive, send, write_file
from .processes import THREADS, below, seconds

INSIDE = f"{__package__}.inside"
WATCH = 0.1
"""Seconds between two looks at the processor time of a kernel that is at work."""
SHOWN = {"stream", "display_data", "execute_result", "update_display_data", "error"}
TOO_LONG = "this took more processor time than allowed\n"
NO_REPLY = "this kernel answers no check: that takes Python with autograd_lab"


class Client(NotebookClient):
    """A client of the kernel that keeps so many characters of what a cell shows."""

    room = 0

    def process_message(self, msg: dict[str, Any], cell: Any, cell_index: int) -> Any:
        """See NotebookClient; the message after which there is no room left is the last one."""
        if msg["msg_type"] in SHOWN:
            if self.room < 0:
                return None
            content = msg["content"]
            text, data = content.get("text", ""), content.get("data", {}).values()
            left, self.room = (
                self.room,
                self.room - len(text) - sum(len(str(each)) for each in data),
            )
            if self.room < 0:
                msg["msg_type"] = msg["header"]["msg_type"] = "stream"
                msg["content"] = {"name": content.get("name", "stdout"), "text": text[:left] + CUT}
        return super().process_message(msg, cell, cell_index)


class Bridge:
    """Serves a job until the other side hangs up or the kernel is dead."""

    def __init__(self, connection: socket.socket, kernel: str, output: int) -> None:
        """Serve `connection` with a kernel of this name; a cell may show `output` characters."""
        self._connection, self._output = connection, output
        self._client = Client(
            nbformat.v4.new_notebook(),
            kernel_name=kernel,
            timeout=None,
            startup_timeout=100,
            allow_errors=True,
            coalesce_streams=True,
            shell_timeout_interval=1,
        )

    async def start(self) -> None:
        """Start the kernel and wait until it answers. Raises NoSuchKernel or RuntimeError."""
        self._client.create_kernel_manager().ip = "127.0.0.1"
        # The bridge's own streams lead out, to where it is read why there is no kernel.
        nowhere = subprocess.DEVNULL
        await self._client.async_start_new_kernel(stdout=nowhere, stderr=nowhere)
        await self._client.async_start_new_kernel_client()

    async def serve(self) -> None:
        """Answer requests, each with the number it came with."""
        send(self._connection, {"ready": True})
        while True:
            try:
                request = receive(self._connection)
            except EOFError:
                return
            answer = await self._answer(request)
            send(self._connection, {"id": request["id"], **answer})

    async def _answer(self, request: dict[str, Any]) -> dict[str, Any]:
        match request:
            case {"file": name, "content": content}:
                write_file(name, content)
                return {}
            case {"cell": source, "seconds": allowed}:
                return await self._cell(source, allowed)
            case {"call": source, "inputs": inputs, "seconds": allowed}:
                return {"reply": await self._call(source, inputs, allowed)}
        raise ValueError(f"no such request: {sorted(request)}")

    async def _cell(self, source: str, allowed: float) -> dict[str, Any]:
        cell = nbformat.v4.new_code_cell(source)
        cells = self._client.nb.cells
        cells.append(cell)
        self._client.room = self._output
        if await self._within(allowed, self._client.async_execute_cell(cell, len(cells) - 1)):
            cell.outputs.append(nbformat.v4.new_output("stream", name="stderr", text=TOO_LONG))
        return {"outputs": cell.outputs, "number": cell.execution_count}

    async def _call(self, source: str, inputs: str, allowed: float) -> str:
        place = f"__import__({INSIDE!r}, fromlist=['answer'])"
        expressions = {"reply": f"{place}.answer({source!r}, {inputs!r})"}
        assert self._client.kc is not None
        number = self._client.kc.execute(
            "", silent=True, store_history=False, user_expressions=expressions
        )
        waiting = asyncio.ensure_future(self._client.async_wait_for_reply(number))
        await self._within(allowed, waiting)
        match waiting.result():
            case {
                "content": {"user_expressions": {"reply": {"data": {messages.REPLY: str(text)}}}}
            }:
                return text
        return dumps(Error("NoReply", NO_REPLY))

    async def _within(self, allowed: float, work: Any) -> bool:
        """Do the work; interrupt the kernel after so much processor time, and tell if that was so."""
        task = asyncio.ensure_future(work)
        most = _used() + allowed
        while not (await asyncio.wait([task], timeout=WATCH))[0]:
            if _used() > most:
                assert self._client.km is not None
                await self._client.km.interrupt_kernel()
                most = math.inf
        task.result()
        return most == math.inf


def _used() -> float:
    """Return the processor seconds of all processes here that live."""
    return sum(map(seconds, below(os.getppid()).values()))


async def _serve(connection: socket.socket, kernel: str, limits: Limits) -> None:
    bridge = Bridge(connection, kernel, limits.output)
    try:
        await bridge.start()
    except (NoSuchKernel, RuntimeError, OSError) as error:
        send(connection, {"refused": f"{error}"})
        return
    running = below(os.getppid())
    threads = sum(int(known[THREADS]) for known in running.values())
    for pid in running:
        limits.apply(pid, threads)
    await bridge.serve()


def main(descriptor: int) -> None:
    """Give up all rights, start a kernel and serve a job with it, on an inherited socket."""
    kernel, slot, limits = json.loads(sys.argv[2])
    os.setsid()
    jail.mount_processes()
    jail.give_up_privileges(slot)
    status = 1
    try:
        asyncio.run(_serve(socket.socket(fileno=descriptor), kernel, Limits(**limits)))
        status = 0
    finally:
        os._exit(status)
