"""extensions.conf: hand every call to control, and be polite when control is away."""

from __future__ import annotations

from springline.telephony.engine.config import ARI_APP, EngineConfig

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

[inbound]
exten => s,1,Stasis({app},inbound,${{SL_DIALLED}})
 same => n,GotoIf($["${{STASISSTATUS}}" = "FAILED"]?fallback,s,1)
 same => n,Hangup()

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

; Control is away.
[fallback]
exten => s,1,Answer()
{fallback_sound} same => n,Hangup(34)

; Agents' phones are called, they do not call.
[from-agent]
exten => _[+*#0-9A-Za-z].,1,Hangup(21)
exten => _[0-9],1,Hangup(21)
"""


def render_dialplan(cfg: EngineConfig) -> str:
    """extensions.conf of one instance. `cfg.fallback_sound` has no file ending; empty means silence."""
    sound = f" same => n,Playback({cfg.fallback_sound})\n" if cfg.fallback_sound else ""
    recordings = cfg.recordings or cfg.spool / "recording"
    dialplan = _DIALPLAN.format(app=ARI_APP, fallback_sound=sound, recordings=recordings)
    return dialplan + "\n" + cfg.extra_dialplan
