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

; Control sends the caller here once the recording notice was played; SL_RECORDING is an absolute path.
; D: caller left, agent right, raw 16-bit samples at 8 kHz. b: only while both are bridged.
[record]
exten => s,1,GotoIf($["${{SL_RECORDING}}" = ""]?waiting)
 same => n,MixMonitor(${{SL_RECORDING}},Db)
 same => n(waiting),Stasis({app},queue)
 same => n,GotoIf($["${{STASISSTATUS}}" = "FAILED"]?fallback,s,1)
 same => n,Hangup()

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
    return _DIALPLAN.format(app=ARI_APP, fallback_sound=sound) + "\n" + cfg.extra_dialplan
