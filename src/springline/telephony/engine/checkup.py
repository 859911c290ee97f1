"""Check-up of the engine: does it answer, does the carrier, and is there room for calls."""

import re

from springline.platform.findings import Finding, fault, good, warning
from springline.telephony.engine.config import EngineConfig
from springline.telephony.engine.dialplan import MEMORY_PREFIX
from springline.telephony.engine.errors import EngineError
from springline.telephony.engine.process import command


async def engine(cfg: EngineConfig) -> list[Finding]:
    try:
        contacts = await command(cfg, "pjsip show contacts")
        memory = await command(cfg, "dialplan show globals")
        uptime = await command(cfg, "core show uptime")
    except (EngineError, OSError):
        return [
            fault(
                "engine",
                "电话引擎没有响应",
                "The engine does not answer",
                f"查看 {cfg.logs}/messages；守护进程会自动重启它，若反复失败请检查端口与磁盘。",
                f"See {cfg.logs}/messages; it is restarted by itself: look at ports and disk if that fails.",
            )
        ]
    since = re.search(r"System uptime: (.*)", uptime)
    return [
        good("engine", f"电话引擎在运行 {since[1] if since else ''}".strip(), "The engine runs"),
        trunk(contacts, cfg),
        unstored(memory),
    ]


def unstored(printed: str) -> Finding:
    """From `dialplan show globals`: calls taken while control was away that it does not know of yet."""
    waiting = len(re.findall(rf"^\s*{MEMORY_PREFIX}(?!ANY=)[^=\s]+=\S+\s*$", printed, re.MULTILINE))
    if not waiting:
        return good("away", "没有等待导入的离线来电", "No call that came while control was away waits")
    return warning(
        "away",
        f"呼叫控制离线期间由电话引擎自行接听的 {waiting} 通来电还未导入",
        f"{waiting} calls that the engine took by itself while control was away are not imported yet",
        "磁盘若已满请先清理；呼叫控制恢复后 30 秒内自动导入。磁盘满时来电只记在电话引擎的内存里，"
        "导入之前请勿重启电话引擎。",
        "If the disk is full, make room; they are imported within 30 s of control's return. On a full disk "
        "they are in the engine's memory only: do not restart it before.",
    )


def bans(active: int) -> Finding:
    """`active`: addresses that are closed out now."""
    if not active:
        return good("bans", "没有被封禁的 SIP 地址", "No address is closed out")
    return good(
        "bans",
        f"有 {active} 个扫描 SIP 的地址被封禁（springline bans 查看与解封）",
        f"{active} addresses that scan SIP are closed out (see `springline bans`)",
    )


def trunk(contacts: str, cfg: EngineConfig) -> Finding:
    """From `pjsip show contacts`: what the carrier's address answered to OPTIONS."""
    if not cfg.trunk_contact:
        return good(
            "trunk",
            "中继未设对端地址，只按来源地址接入，不做心跳检测",
            "The trunk has no address of its own: calls come in by source address, OPTIONS are not sent",
        )
    line = next((row for row in contacts.splitlines() if f" {cfg.trunk_name}/" in row), "")
    if "Avail" in line and "Unavail" not in line:
        return good("trunk", "运营商中继有应答", "The carrier answers")
    if "NonQual" in line or not line:
        return warning(
            "trunk",
            "还不知道运营商中继是否有应答",
            "Not known yet whether the carrier answers",
            "稍后再查；若一直如此，请核对 settings.toml 的中继地址。",
            "Look again in a minute; if it stays, check the trunk's address in settings.toml.",
        )
    return fault(
        "trunk",
        "运营商中继没有应答，客户可能打不进来",
        "The carrier does not answer: callers may not get through",
        "先查本机网络与防火墙，再向服务商报障（1 小时响应，2 小时修复），必要时开启应急号码。",
        "Check network and firewall, report it to the provider, announce the emergency number if need be.",
    )
