"""The modules Asterisk loads: each on purpose, none because it happens to lie in the folder.

Nothing here starts a program of the machine, reads its environment or takes a call from a file: what a
dialplan cannot do, nobody can trick it into doing.

Stdlib only: the installation checks that each of them finds its libraries.
"""

from __future__ import annotations

_GROUPS: dict[str, str] = {
    "storage of configuration": "res_sorcery_config res_sorcery_memory res_sorcery_astdb",
    "time": "res_timing_timerfd",
    "TLS, SRTP, RTP": "res_crypto res_srtp res_rtp_asterisk res_rtp_multicast",
    "HTTP and WebSocket": "res_http_websocket res_websocket_client",
    # refer and messaging for their answers alone: a request that no module takes within a call gets none.
    "SIP": """
        res_pjproject res_pjsip res_pjsip_acl res_pjsip_session res_pjsip_authenticator_digest
        res_pjsip_outbound_authenticator_digest res_pjsip_outbound_registration res_pjsip_caller_id
        res_pjsip_diversion res_pjsip_dlg_options res_pjsip_dtmf_info res_pjsip_empty_info
        res_pjsip_endpoint_identifier_ip res_pjsip_endpoint_identifier_user res_pjsip_header_funcs
        res_pjsip_logger res_pjsip_maintenance res_pjsip_messaging res_pjsip_nat res_pjsip_path
        res_pjsip_pubsub
        res_pjsip_refer res_pjsip_registrar res_pjsip_rfc3326 res_pjsip_sdp_rtp res_pjsip_transport_websocket
        chan_pjsip func_pjsip_aor func_pjsip_contact func_pjsip_endpoint res_security_log""",
    "SDP of codecs": "res_format_attr_opus res_format_attr_celt res_format_attr_g729 res_format_attr_h264 "
    "res_format_attr_h263 res_format_attr_vp8 res_format_attr_ilbc res_format_attr_silk "
    "res_format_attr_siren7 res_format_attr_siren14",
    "codecs": "codec_a_mu codec_alaw codec_ulaw codec_g722 codec_gsm codec_resample codec_opus_open_source",
    "files": "format_pcm format_sln format_wav format_wav_gsm format_gsm",
    # No bridge_native_rtp: every call is recorded, so no sound may pass from leg to leg beside the core.
    "bridges": "bridge_simple bridge_softmix bridge_holding bridge_builtin_features "
    "bridge_builtin_interval_features",
    "ARI": """
        res_stasis res_stasis_answer res_stasis_playback res_stasis_recording res_stasis_snoop
        res_stasis_device_state app_stasis res_ari res_ari_model res_ari_applications res_ari_asterisk
        res_ari_bridges res_ari_channels res_ari_device_states res_ari_endpoints res_ari_events
        res_ari_playbacks res_ari_recordings res_ari_sounds""",
    "media to our own programs": "chan_websocket chan_audiosocket res_audiosocket app_audiosocket chan_rtp "
    "chan_bridge_media",
    "dialplan": "pbx_config",
    "sound": "res_musiconhold res_tonedetect",
    "applications": """
        app_playback app_controlplayback app_playtones app_milliwatt app_read app_senddtmf app_record
        app_dial app_echo app_verbose app_stack app_while
        app_channelredirect app_softhangup app_transfer app_userevent app_waitforsilence app_talkdetect
        app_chanspy app_mixmonitor app_queue app_db app_cdr""",
    "functions": """
        func_callerid func_channel func_cut func_strings func_logic func_math func_global func_timeout
        func_uri func_groupcount func_periodic_hook func_hangupcause func_db func_devstate func_dialplan
        func_rand func_uuid func_md5 func_sha1 func_base64 func_json func_volume func_talkdetect
        func_jitterbuffer func_sprintf func_version func_extstate""",
    "state": "res_stun_monitor res_mutestream res_limit",
}

MODULES: tuple[str, ...] = tuple(name for group in _GROUPS.values() for name in group.split())


def render_modules(extra: tuple[str, ...] = ()) -> str:
    """modules.conf: no autoload, and one line per module."""
    lines = ["[modules]", "autoload=no"]
    lines += [f"load = {name}.so" for name in (*MODULES, *extra)]
    return "\n".join(lines) + "\n"
