"""Check-up of the durable floor: the database, the journal's progress, recordings, messages, ledgers."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from springline.business.bootstrap import HomeTooOldError
from springline.business.calls import mending_alarm, recordings, trunk_alarm, turned_away
from springline.business.calls.models import Call, JournalPosition, Recording, SystemEvent
from springline.business.calls.states import RecordingState
from springline.business.customers import prefix_file
from springline.business.messaging import selectors as messages
from springline.business.upgrading import stranded
from springline.business.vouchers import selectors as vouchers
from springline.business.vouchers.models import Iou
from springline.business.vouchers.states import IouState
from springline.platform.findings import Finding, fault, good, warning

LATE = timedelta(minutes=10)
BEHIND = timedelta(seconds=30)
RECENT = timedelta(days=1)
LOCK_SECONDS = 2.0


def quick() -> list[Finding]:
    """Every check that takes less than a moment."""
    found = [_safely("database", database)]
    if found[0].level == "good":
        found += [_safely(name, check) for name, check in _QUICK.items()]
    return found


def deep() -> list[Finding]:
    """Reads the whole database and every ledger: minutes for a large one."""
    return [_safely("integrity", integrity), _safely("ledger", ledger)]


def database() -> Finding:
    if apps := stranded(connection):
        return fault(
            "database",
            f"数据库来自更早的检出，未升级完：{'、'.join(apps)}",
            f"The database is from an older checkout and was not brought up to date: {', '.join(apps)}",
            HomeTooOldError.ADVICE_ZH,
            HomeTooOldError.ADVICE_EN,
        )
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not plan:
        return good("database", "数据库可用，结构为最新", "The database answers and has the present schema")
    return fault(
        "database",
        f"数据库结构差 {len(plan)} 步未升级",
        f"{len(plan)} migrations are missing",
        "执行 springline migrate（升级前先备份）。",
        "Run `springline migrate` (after a backup).",
    )


def writable() -> Finding:
    """Whether a transaction that writes may begin. Readers of SQLite would not notice another's that never
    ends."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return good("database-writes", "数据库可写", "The database can be written to")
    file = str(connection.settings_dict["NAME"])
    try:
        # A connection of its own, which does not wait as long as a request may.
        with closing(sqlite3.connect(f"file:{file}?mode=rw", uri=True, timeout=LOCK_SECONDS)) as opened:
            opened.execute("BEGIN IMMEDIATE")
            opened.execute("ROLLBACK")
    except sqlite3.Error as error:
        locked = "locked" in str(error)
        return fault(
            "database-writes",
            "数据库被一个长事务锁住，订单与通话记录写不进去" if locked else f"数据库写不进去：{error}",
            "A transaction that does not end locks the database: orders and calls cannot be written"
            if locked
            else f"The database cannot be written to: {error}",
            f"找出占用它的程序（fuser {file}）：多为手工打开的 sqlite3 或备份脚本，关掉即可；通话不受影响，"
            "稍后自动补齐。",
            f"Find who has it open (fuser {file}): mostly a sqlite3 prompt or a backup script, end it. "
            "Calls go on, and all of it is made up for afterwards.",
        )
    return good("database-writes", "数据库可写", "The database can be written to")


def journal() -> Finding:
    position = JournalPosition.objects.filter(pk=1).first()
    beat = position.beat_at if position else None
    if beat is not None and timezone.now() - beat < BEHIND:
        return good("journal", "通话日志已全部入库", "All of the journal is in the tables")
    ago = f"{(timezone.now() - beat).total_seconds():.0f} s" if beat else "—"
    return fault(
        "journal",
        f"通话日志落后（上次赶上：{ago} 前）",
        f"The journal is behind (last caught up {ago} ago)",
        "查看 log/worker.log；worker 会自动续传，不会丢数据。",
        "See log/worker.log; the worker goes on where it was, nothing is lost.",
    )


def unread_entries() -> Finding:
    bad = SystemEvent.objects.filter(at__gte=timezone.now() - RECENT).exclude(error="").count()
    if not bad:
        return good("entries", "没有读不懂的日志条目", "Every entry of the journal was understood")
    return warning(
        "entries",
        f"一天内有 {bad} 条日志读不懂，已原样保存",
        f"{bad} entries of the last day were not understood; they are kept as they are",
        "通常是程序版本不一致：请把全部程序升级到同一版本，再看后台“系统事件”。",
        "Usually programs of two versions: bring all to one, then see system events in the back office.",
    )


def recordings_waiting() -> Finding:
    now = timezone.now()
    late = [file for file in recordings.waiting(now) if (file.closed_at or file.started_at) < now - LATE]
    troubled = Recording.objects.filter(state=RecordingState.PENDING).exclude(problem="").count()
    if not late and not troubled:
        return good("recordings", "录音都已入库", "Every recording is stored")
    return fault(
        "recordings",
        f"{max(len(late), troubled)} 个录音超过 10 分钟未入库",
        f"{max(len(late), troubled)} recordings are not stored after 10 minutes",
        "多为磁盘已满或无写权限：看 springline doctor 的磁盘一项和 log/worker.log。",
        "Mostly a full disk or missing rights: see the disk above and log/worker.log.",
    )


def recordings_missing() -> Finding:
    lost = Recording.objects.filter(
        state=RecordingState.MISSING, settled_at__gte=timezone.now() - RECENT
    ).count()
    if not lost:
        return good("missing", "一天内没有缺失的录音", "No recording of the last day is missing")
    return warning(
        "missing",
        f"一天内有 {lost} 通电话缺录音",
        f"{lost} calls of the last day have no recording",
        "后台“录音”按“缺失”筛选，逐条核对。",
        "In the back office filter recordings by missing and look at each.",
    )


def clock() -> Finding:
    newest = Call.objects.order_by("-arrived_at").values_list("arrived_at", flat=True).first()
    if newest is None or newest <= timezone.now() + timedelta(seconds=5):
        return good("clock", "系统时间正常", "The clock is not behind the newest call")
    return fault(
        "clock",
        "系统时间比最近一通电话还早",
        "The clock is behind the newest call",
        "时钟被拨回：启用网络校时（timedatectl set-ntp true）。",
        "The clock was set back: let it follow the network (timedatectl set-ntp true).",
    )


def outbox() -> Finding:
    backlog = messages.backlog()
    old = backlog.oldest is not None and timezone.now() - backlog.oldest > LATE
    if not backlog.dead and not old:
        return good("messages", "短信与通知没有积压", "No message waits long, none was given up")
    return warning(
        "messages",
        f"{backlog.dead} 条消息发送失败，{backlog.waiting} 条在等待",
        f"{backlog.dead} messages were given up, {backlog.waiting} wait",
        "后台“消息”查看原因，修好发送渠道后点“重新发送”。",
        "See messages in the back office, mend the outlet, then send them again.",
    )


def vouchers_owed() -> Finding:
    owed = Iou.objects.filter(state=IouState.OPEN, at__lt=timezone.now() - RECENT).count()
    if not owed:
        return good("owed", "没有超过一天的先送后核", "No voucher has been owed for more than a day")
    return warning(
        "owed",
        f"{owed} 笔先送后核超过一天未结清",
        f"{owed} vouchers have been owed for more than a day",
        "后台“先送后核”逐笔处理：补票、收现金或转对账。",
        "Settle them in the back office: vouchers, cash, or reconcile.",
    )


def silence() -> Finding:
    found = trunk_alarm.silence(timezone.now())
    if found is None:
        return good("silence", "来电数量与平时相符", "Calls come as they usually do")
    return warning(
        "silence",
        f"最近 {found.minutes} 分钟没有来电，平时约 {found.usual:.0f} 通",
        f"No call in {found.minutes} minutes; usually there are about {found.usual:.0f}",
        "用手机试拨 400 号码；打不通就向服务商报障，必要时开启应急号码。",
        "Call the 400 number; if it fails tell the provider, announce the emergency number if need be.",
    )


def mending() -> Finding:
    found = mending_alarm.mended(timezone.now())
    if found is None or found.total < mending_alarm.OFTEN:
        return good("mending", "呼叫控制与电话引擎一致", "Control and the engine agree")
    return warning(
        "mending",
        f"一小时内自动修正了 {found.total} 次状态：{found.words('zh')}",
        f"Control mended its state {found.total} times in an hour: {found.words('en')}",
        "引擎的事件有丢失：看本机负载与 log/control.log 的 difference_mended；持续出现就在空闲时重启引擎。",
        "Words of the engine get lost: look at the load and difference_mended in log/control.log; "
        "if it goes on, restart the engine in a quiet hour.",
    )


def prefixes() -> Finding:
    found = prefix_file.present()
    zh, en = found.words()
    if found.unusable:
        return fault(
            "prefixes",
            zh,
            en,
            "换上完好的 phone.dat 或 prefixes.csv（家目录 regions/ 下），不用重启。",
            "Put a sound phone.dat or prefixes.csv into regions/ below the home; no restart is needed.",
        )
    if prefix_file.is_old(found):
        return warning(
            "prefixes",
            zh,
            en,
            "数据已超过两年：新号段会当作未知归属；换上较新的文件，不用重启。",
            "Older than two years: newer prefixes are unknown homes. Drop in a newer file.",
        )
    return good("prefixes", zh, en)


def config() -> Finding:
    last = SystemEvent.objects.filter(type__in=["ConfigApplied", "ConfigRefused"]).order_by("-seq").first()
    if last is None or last.type == "ConfigApplied":
        return good("config", "热线配置已生效", "The hotline's configuration is in force")
    return fault(
        "config",
        "最新的热线配置被拒绝，仍在用旧配置",
        "The newest configuration was refused; the former one is in force",
        "后台“系统事件”有出错的节点名，改好后重新发布。",
        "System events in the back office name the node at fault; correct it and publish again.",
    )


def integrity() -> Finding:
    if connection.vendor != "sqlite":
        return good("integrity", "数据库由 PostgreSQL 校验", "PostgreSQL checks its own pages")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA quick_check")
        (answer,) = cursor.fetchone()
    if answer == "ok":
        return good("integrity", "数据库文件完好", "The database file is whole")
    return fault(
        "integrity",
        f"数据库文件损坏：{answer[:80]}",
        f"The database file is damaged: {answer[:80]}",
        "立即停止系统，复制数据库文件留底，再从最近的备份恢复。",
        "Stop everything, keep a copy of the file, restore the last backup.",
    )


def ledger() -> Finding:
    audit = vouchers.audit()
    if not audit.breaks:
        return good(
            "ledger",
            f"水票账本 {audit.lots} 批 {audit.entries} 笔，链条完整",
            f"{audit.entries} voucher entries in {audit.lots} lots, every chain whole",
        )
    return fault(
        "ledger",
        f"水票账本有 {len(audit.breaks)} 处断链",
        f"The voucher ledger has {len(audit.breaks)} broken chains",
        "有人绕过程序改了数据库：保全现场，与备份比对，通知负责人。",
        "Somebody changed the database behind the program: keep it as it is, compare with backups.",
    )


def connections() -> Finding:
    """Whether PostgreSQL lets in as many as the web processes and the worker may open together."""
    if connection.vendor != "postgresql":
        return enough_connections(0, 0)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('max_connections')::int"
            " - current_setting('superuser_reserved_connections')::int"
        )
        [room] = cursor.fetchone()
    pool = settings.DATABASES["default"]["OPTIONS"].get("pool", {}).get("max_size", 1)
    return enough_connections(room, pool * (len(settings.HOME.web_names) + 1))


def enough_connections(room: int, wanted: int) -> Finding:
    if room >= wanted:
        return good("connections", "数据库连接数够用", "The database has connections enough")
    return warning(
        "connections",
        f"数据库只容 {room} 个连接，各进程合计可能要 {wanted} 个，忙时会有请求失败",
        f"The database takes {room} connections, our processes may want {wanted}: requests would fail",
        "调大 PostgreSQL 的 max_connections，或调小 settings.toml 的 web_processes。",
        "Raise PostgreSQL's max_connections, or lower web_processes in settings.toml.",
    )


_QUICK: dict[str, Callable[[], Finding]] = {
    "database-writes": writable,
    "connections": connections,
    "journal": journal,
    "entries": unread_entries,
    "recordings": recordings_waiting,
    "missing": recordings_missing,
    "clock": clock,
    "messages": outbox,
    "owed": vouchers_owed,
    "config": config,
    "silence": silence,
    "mending": mending,
    "prefixes": prefixes,
    "turned-away": turned_away.finding,
}


def _safely(code: str, check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except DatabaseError as error:
        return fault(
            code,
            f"数据库不可用：{type(error).__name__}",
            f"The database does not answer: {type(error).__name__}",
            "SQLite：检查磁盘与文件权限；PostgreSQL：检查服务与 settings.toml 的 database_url。",
            "SQLite: look at disk and rights; PostgreSQL: at its server and database_url in settings.toml.",
        )
