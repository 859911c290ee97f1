"""Web processes and nats-server of one home on a PostgreSQL of its own, and which of them answers whom."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec

from springline.bench.shop import Shop
from springline.platform import settings as settings_of
from springline.platform.home import default_home
from springline.platform.postgres import private_postgres
from springline.platform.settings import Settings
from springline.platform.supervisor import Supervisor, free_ports
from springline.programs import stages
from springline.telephony.engine.tools import tool_path

CUSTOMERS = 200


class WebHouse:
    def __init__(self, settings: Settings, shop: Shop, supervisor: Supervisor) -> None:
        self.settings, self.shop, self.supervisor = settings, shop, supervisor

    def client(self) -> httpx.AsyncClient:
        """One connection, so one process, as long as it is not idle for seconds."""
        return httpx.AsyncClient(
            base_url=self.settings.local_url,
            trust_env=False,
            timeout=20,
            headers={"Authorization": f"Bearer {self.shop.token}"},
            limits=httpx.Limits(max_connections=1),
        )

    @asynccontextmanager
    async def client_of(self, name: str) -> AsyncIterator[httpx.AsyncClient]:
        """The kernel deals connections out: as many are opened as it takes to get this process."""
        while True:
            async with self.client() as client:
                if self.served_by(await client.get("/api/session")) == name:
                    yield client
                    return

    def order(self, number: int) -> dict[str, Any]:
        """A body; the same `number` is the same order."""
        return {
            "customer_id": self.shop.customers[number],
            "lines": [{"sku": self.shop.sku, "qty": 2}],
            "request_key": f"web-house-{number:06d}",
        }

    def served_by(self, answer: httpx.Response) -> str:
        """Whose the other end of the answer's connection is; empty when it is gone."""
        _host, port = answer.extensions["network_stream"].get_extra_info("client_addr")
        inode = _inode(self.settings.web_port, port)
        names = [name for name in self.settings.web_names if inode in _sockets(self.supervisor.pid(name))]
        return names[0] if names else ""


@asynccontextmanager
async def web_house(processes: int = 2) -> AsyncIterator[WebHouse]:
    program = tool_path(default_home(), "postgres")
    assert program is not None
    with private_postgres(program) as url, tempfile.TemporaryDirectory(prefix="spl-webs-") as folder:
        web_port, nats_port = free_ports(2)
        settings = settings_of.create(
            Path(folder), web_port=web_port, nats_port=nats_port, database_url=url, web_processes=processes
        )
        made = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "springline.bench.shop", folder, str(CUSTOMERS)),
            stderr=asyncio.subprocess.PIPE,
        )
        _, errors = await made.communicate()
        assert made.returncode == 0, errors.decode(errors="replace")[-2000:]
        shop = msgspec.json.decode((Path(folder) / "shop.json").read_bytes(), type=Shop)
        wanted = {"nats-server", *settings.web_names}
        programs = [[one for one in stage if one.name in wanted] for stage in stages(settings)]
        supervisor = Supervisor(programs, settings.log_dir)
        try:
            await supervisor.start()
            yield WebHouse(settings, shop, supervisor)
        finally:
            await supervisor.stop()


def _inode(server_port: int, client_port: int) -> str:
    """Of the server's socket of this connection on 127.0.0.1 (proc(5), /proc/net/tcp)."""
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[1].endswith(f":{server_port:04X}") and fields[2].endswith(f":{client_port:04X}"):
            return f"socket:[{fields[9]}]"
    return ""


def _sockets(pid: int) -> set[str]:
    found = set()
    for entry in os.scandir(f"/proc/{pid}/fd"):
        try:
            found.add(os.readlink(entry.path))
        except FileNotFoundError:
            continue
    return found
