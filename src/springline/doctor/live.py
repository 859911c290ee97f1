"""What the running programs say of each other and of the agents."""

import asyncio
from datetime import UTC, datetime, timedelta

import httpx

from springline.contracts import commands, subjects
from springline.contracts.agents import AgentState
from springline.contracts.live import AgentRow, CallRow, LiveSnapshot
from springline.platform import tls
from springline.platform.bus import Bus, BusError
from springline.platform.findings import Finding, fault, good, warning
from springline.platform.settings import Settings
from springline.telephony.engine.keeping import Keeping
from springline.telephony.instance import nats_config

LOOKS, LOOK_SECONDS = 2, 1.5
# It answers late when it waits for a database that is away: that is no fault of its own.
WEB_SECONDS = 10.0

_NAMES = {"database": "数据库", "bus": "消息总线", "control": "呼叫控制", "engine": "电话引擎"}
# Longer than any of these states lasts when all is well.
_STUCK_AFTER = {
    AgentState.RINGING: timedelta(minutes=2),
    AgentState.WRAP_UP: timedelta(minutes=30),
    AgentState.UNREACHABLE: timedelta(minutes=5),
    AgentState.TALKING: timedelta(hours=3),
}


async def web(settings: Settings) -> list[Finding]:
    try:
        verify = tls.client_context(settings)
        async with httpx.AsyncClient(timeout=WEB_SECONDS, trust_env=False, verify=verify) as client:
            answer = (await client.get(f"{settings.local_url}/api/health")).raise_for_status().json()
    except (httpx.HTTPError, OSError, ValueError) as error:
        return [
            fault(
                "web",
                f"网页服务没有响应（{type(error).__name__}）",
                f"The web process does not answer ({type(error).__name__})",
                f"查看 {_logs(settings)}。通话不受影响，坐席台暂不可用。",
                f"See {_logs(settings)}. Calls go on; the desk does not work meanwhile.",
            )
        ]
    down = [name for name in _NAMES if answer.get(name) != "up"]
    found = [good("web", "网页服务正常", "The web process answers")]
    return found + [
        fault(
            f"web-{name}",
            f"网页服务连不上{_NAMES[name]}",
            f"The web process cannot reach: {name}",
            f"查看 {settings.log_dir} 下对应日志；守护进程会自动重启。",
            f"See the logs in {settings.log_dir}; the supervisor restarts what died.",
        )
        for name in down
    ]


def _logs(settings: Settings) -> str:
    return "、".join(f"{settings.log_dir}/{name}.log" for name in settings.web_names)


async def control(settings: Settings) -> list[Finding]:
    try:
        bus = await Bus.connect(settings, "doctor")
    except BusError as error:
        return [_away("bus", "消息总线", "The bus", error, settings)]
    try:
        keeping = Keeping(settings, nats_config(settings).directory)
        answers = await asyncio.gather(
            _control(bus, settings), _worker(bus, settings), _webs(bus, settings), bus_keeps(keeping)
        )
    finally:
        await bus.close()
    return [finding for answer in answers for finding in answer]


async def _control(bus: Bus, settings: Settings) -> list[Finding]:
    ask = commands.GetSnapshot()
    try:
        reply = await bus.request(subjects.CONTROL_COMMANDS, ask, commands.Snapshot, timeout=3.0)
    except BusError as error:
        return [_away("control", "呼叫控制", "Control", error, settings)]
    return [good("control", "呼叫控制正常", "Control answers"), *agents(reply.live, datetime.now(UTC))]


async def _worker(bus: Bus, settings: Settings) -> list[Finding]:
    try:
        await bus.request(subjects.metrics_of("worker"), None, str, 3.0)
    except BusError as error:
        return [_away("worker", "后台任务", "The worker", error, settings)]
    return [good("worker", "后台任务正常", "The worker answers")]


async def bus_keeps(keeping: Keeping) -> list[Finding]:
    """Whether nats-server stores what it is given, as far as it shows within seconds."""
    keeps = await keeping.stores()
    for _ in range(LOOKS):
        if not keeps or not keeping.waiting:
            break
        await asyncio.sleep(LOOK_SECONDS)
        keeps = await keeping.stores()
    if keeps:
        return [good("bus-keeps", "消息总线能存数据", "The bus stores what it is given")]
    return [_stores_nothing(keeping)]


def _stores_nothing(keeping: Keeping) -> Finding:
    return fault(
        "bus-keeps",
        f"消息总线存不进数据，{keeping.waiting:.0f} 条通话事件在呼叫控制中等待",
        f"The bus stores nothing; {keeping.waiting:.0f} events of calls wait in control",
        "先看上面的磁盘两项，满了就清理：一分钟内会自动重启 nats-server 并补齐，等待的事件存在预留的 "
        "state/journal.spool 里。",
        "See the disk above and make room: within a minute nats-server is started again and told all. What "
        "waits is in state/journal.spool, for which room was set aside.",
    )


async def _webs(bus: Bus, settings: Settings) -> list[Finding]:
    """Where there are several: each by its name, for the web port is answered by any of them."""
    names = settings.web_names if len(settings.web_names) > 1 else ()
    return list(await asyncio.gather(*(_web(bus, name, settings) for name in names)))


async def _web(bus: Bus, name: str, settings: Settings) -> Finding:
    try:
        await bus.request(subjects.metrics_of(name), None, str, timeout=3.0)
    except BusError as error:
        return fault(
            name,
            f"网页进程 {name} 没有响应（{type(error).__name__}）",
            f"Web process {name} does not answer ({type(error).__name__})",
            f"查看 {settings.log_dir}/{name}.log；其余网页进程照常服务，意外退出的会自动重启。",
            f"See {settings.log_dir}/{name}.log; the others serve on, and what died is started again.",
        )
    return good(name, f"网页进程 {name} 正常", f"Web process {name} answers")


def agents(live: LiveSnapshot, now: datetime) -> list[Finding]:
    """Agents that are in a state for longer than that state ever lasts."""
    rows = [row for row in live.rows if isinstance(row, AgentRow)]
    calls = {row.id for row in live.rows if isinstance(row, CallRow)}
    stuck = [row for row in rows if now - row.since > _STUCK_AFTER.get(row.state, timedelta.max)]
    stuck += [row for row in rows if row.state is AgentState.TALKING and row.call_id not in calls]
    if not stuck:
        working = sum(row.state is not AgentState.OFFLINE for row in rows)
        return [good("agents", f"{working} 名坐席在岗，状态正常", f"{working} agents at work, none stuck")]
    names = "、".join(f"{row.name}（{row.state}）" for row in stuck)
    return [
        warning(
            "agents",
            f"坐席状态异常：{names}",
            f"Agents that seem stuck: {names}",
            "请坐席刷新工作台并检查网络与麦克风；仍不行由班长在后台签退后重新签入。",
            "Let them reload the desk and check network and microphone; else sign them out and in again.",
        )
    ]


def _away(code: str, zh: str, en: str, error: Exception, settings: Settings) -> Finding:
    return fault(
        code,
        f"{zh}没有响应（{type(error).__name__}）",
        f"{en} does not answer ({type(error).__name__})",
        f"查看 {settings.log_dir} 下对应日志；守护进程会自动重启，通话不中断。",
        f"See the logs in {settings.log_dir}; the supervisor restarts it, conversations go on.",
    )
