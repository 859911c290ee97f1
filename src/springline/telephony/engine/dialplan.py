"""extensions.conf: hand every call to control, and be polite when control is away."""

from __future__ import annotations

from pathlib import Path

from springline.telephony.engine.config import ARI_APP, AwaySounds, EngineConfig

AWAY_FOLDER = "away"
"""Below the recordings folder."""

AWAY_FAMILY, RING_KEY = "away", "springline/ring"
"""In Asterisk's own database: calls that control does not know of yet; whom to ring, as Dial wants it."""

MEMORY_PREFIX, MEMORY_FLAG = "SL_AWAY_", "SL_AWAY_ANY"
"""Global variables beside the keys, for a full disk keeps no key. They live as long as the engine."""

RING_SECONDS, MESSAGE_SECONDS = 25, 90

_DIALPLAN = """\
[general]
static=yes
writeprotect=yes
autofallthrough=yes
clearglobalvars=no

[globals]

; A call from the carrier. Two or more characters, so that h, i, t and the other special names never match.
[from-trunk]
exten => _[+*#0-9A-Za-z].,1,Set(SL_DIALLED=${{FILTER(+*#0-9A-Za-z,${{EXTEN}})}})
 same => n,Goto(inbound,s,1)
exten => _[0-9],1,Set(SL_DIALLED=${{EXTEN}})
 same => n,Goto(inbound,s,1)
exten => s,1,Goto(inbound,s,1)

; A control that is being restarted has 3 s to come back: the caller hears it ringing.
[inbound]
exten => s,1,Set(SL_TRY=0)
 same => n(again),Stasis({app},inbound,${{SL_DIALLED}})
 same => n,GotoIf($["${{STASISSTATUS}}" != "FAILED"]?done)
 same => n,Set(SL_TRY=$[${{SL_TRY}} + 1])
 same => n,GotoIf($[${{SL_TRY}} > 6]?fallback,s,1)
 same => n,Wait(0.5)
 same => n,Goto(again)
 same => n(done),Hangup()

; Control sends a caller who was told of the recording here before each conversation: the extension is the day
; and the file's name. After a conversation whose agent was lost it comes by s, which ends the recording.
; D: caller left, agent right, raw 16-bit samples at 8 kHz. b: only while both are bridged.
; Control may be away at this very moment; it is given 15 s to come back.
[record]
exten => _XXXXXXXX.,1,StopMixMonitor()
 same => n,MixMonitor({recordings}/${{EXTEN:0:4}}-${{EXTEN:4:2}}-${{EXTEN:6:2}}/${{EXTEN:8}}.raw,Db)
 same => n,Goto(s,back)
exten => s,1,StopMixMonitor()
 same => n(back),Set(SL_TRY=0)
 same => n(again),Stasis({app},queue)
 same => n,GotoIf($["${{STASISSTATUS}}" != "FAILED"]?done)
 same => n,Set(SL_TRY=$[${{SL_TRY}} + 1])
 same => n,GotoIf($[${{SL_TRY}} > 30]?fallback,s,1)
 same => n,Wait(0.5)
 same => n,Goto(again)
 same => n(done),Hangup()

; Control is away: greet, ring the agents' devices that control named last, take a message. What happened is
; told by a key below `away` in the database and files of that name: control makes a call of them later. On a
; full disk there are neither, so the engine's memory has the name as well.
[fallback]
exten => s,1,Answer()
{away} same => n(done),Hangup(34)

; Agents' phones are called, they do not call.
[from-agent]
exten => _[+*#0-9A-Za-z].,1,Hangup(21)
exten => _[0-9],1,Hangup(21)
"""


def render_dialplan(cfg: EngineConfig) -> str:
    """extensions.conf of one instance. Without `cfg.away_sounds` nothing is said while control is away."""
    recordings = cfg.recordings or cfg.spool / "recording"
    away = _away(cfg.away_sounds, recordings / AWAY_FOLDER) if cfg.away_sounds is not None else ""
    return _DIALPLAN.format(app=ARI_APP, away=away, recordings=recordings) + "\n" + cfg.extra_dialplan


def _away(sounds: AwaySounds, folder: Path) -> str:
    lines = [
        "Set(SL_NUMBER=${FILTER(+0-9,${CALLERID(num)})})",
        "Set(SL_TIME=${STRFTIME(${EPOCH},UTC,%Y%m%dT%H%M%S)})",
        "Set(SL_AWAY=${SL_TIME}_${UNIQUEID}_${SL_NUMBER}_${FILTER(+0-9,${SL_DIALLED})})",
        f"Set(DB({AWAY_FAMILY}/${{SL_AWAY}})=1)",
        f"Set(GLOBAL({MEMORY_PREFIX}${{UNIQUEID}})=${{SL_AWAY}})",
        f"Set(GLOBAL({MEMORY_FLAG})=1)",
        f"Playback({sounds.greeting})",
        f"Playback({sounds.notice})",
        f'GotoIf($["${{DB({RING_KEY})}}" = ""]?message)',
        f"Playback({sounds.wait})",
        f"MixMonitor({folder}/${{SL_AWAY}}.raw,Db)",
        f"Dial(${{DB({RING_KEY})}},{RING_SECONDS},m)",
        "StopMixMonitor()",
        'GotoIf($["${DIALSTATUS}" = "ANSWER"]?done)',
        f"Playback({sounds.message})",
        f"Playback({sounds.beep})",
        f"Record({folder}/${{SL_AWAY}}-message.wav,0,{MESSAGE_SECONDS},kq)",
        f"Playback({sounds.done})",
    ]
    labels = {f"Playback({sounds.message})": "(message)"}
    return "".join(f" same => n{labels.get(line, '')},{line}\n" for line in lines)
