"""The texts on the socket."""

import json

from springline.telephony.ari import UnknownEvent
from springline.telephony.ari.generated import events as ev
from springline.telephony.ari.wire import UNKNOWN_EVENTS, RestResponse, decode_message, encode_request

COMMON = {"application": "springline", "timestamp": "2026-11-23T06:24:16.920+0000", "asterisk_id": "x"}


def encoded(**fields):
    return json.dumps(COMMON | fields).encode()


def test_an_event_of_an_unknown_type_is_counted_and_kept():
    before = UNKNOWN_EVENTS.labels("NotYetInvented")._value.get()
    text = encoded(type="NotYetInvented", value=3)
    assert decode_message(text) == UnknownEvent("NotYetInvented", text)
    assert UNKNOWN_EVENTS.labels("NotYetInvented")._value.get() == before + 1


def test_unknown_fields_are_ignored_and_times_are_utc():
    event = decode_message(encoded(type="ApplicationReplaced", later_field={"a": [1]}))
    assert isinstance(event, ev.ApplicationReplaced)
    assert event.timestamp.isoformat() == "2026-11-23T06:24:16.920000+00:00"


def test_a_known_event_in_another_shape_does_not_break_the_stream():
    event = decode_message(encoded(type="ChannelDtmfReceived", digit=5))
    assert isinstance(event, UnknownEvent)


def test_a_response_is_told_from_events():
    text = encoded(
        type="RESTResponse", transaction_id="", request_id="7", status_code=204, reason_phrase="x", uri="y"
    )
    assert decode_message(text) == RestResponse("7", 204, "x", None)


def test_a_request_leaves_out_what_is_none_and_spells_the_rest():
    query = (("app", "a b,中"), ("timeout", 30), ("mute", False), ("label", None), ("media", ["x", "y"]))
    request = json.loads(encode_request("1", "POST", "channels", query, {"variables": {"X": "1"}}))
    assert {pair["name"]: pair["value"] for pair in request["query_strings"]} == {
        "app": "a b,中",
        "timeout": "30",
        "mute": "false",
        "media": "x,y",
    }
    assert json.loads(request["message_body"]) == {"variables": {"X": "1"}}
    assert request["type"] == "RESTRequest"
