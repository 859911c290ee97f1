"""`springline up`."""

import asyncio

from rich.console import Console

from springline.business import bootstrap
from springline.house import running_house
from springline.platform.settings import Settings

console = Console()

_WORDS = {"ready": "就绪 ready", "died": "意外退出，正在重启 died, restarting", "stopped": "已停止 stopped"}


def report(program: str, state: str, seconds: float) -> None:
    if state in _WORDS:
        style = "red" if state == "died" else "green" if state == "ready" else "dim"
        console.print(
            f"  [{style}]{program:<12} {_WORDS[state]}[/]" + (f" {seconds:.1f} s" if seconds else "")
        )


async def up(settings: Settings) -> None:
    """Until cancelled."""
    async with running_house(settings, report, lambda: prepare_database(settings)):
        console.print(f"泉线已启动 Springline is up: [bold]{settings.web_url}[/]  (Ctrl-C 停止 stops it)")
        await asyncio.Event().wait()


def prepare_database(settings: Settings) -> None:
    bootstrap.bootstrap_django(settings)
    bootstrap.migrate()
