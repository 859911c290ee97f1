# ruff: noqa: E501 - messages are as long as they are
"""SIP as nobody should send it: the cases of RFC 4475 by their names there, and what fuzzers add.

`{user}`, `{host}` and `{branch}` are filled in: a request reaches the hotline and is never a retransmission.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator

_START = "INVITE sip:{user}@{host} SIP/2.0"
_VIA = "Via: SIP/2.0/UDP 192.0.2.15;rport;branch=z9hG4bK{branch}"
_FROM, _TO = "From: <sip:13800000000@example.net>;tag=98asjd8", "To: <sip:{user}@{host}>"
_CALL, _CSEQ, _HOPS = "Call-ID: {branch}@192.0.2.15", "CSeq: 8 INVITE", "Max-Forwards: 70"
_CONTACT = "Contact: <sip:caller@192.0.2.15>"
_SDP = (
    "v=0\r\no=mhandley 29739 7272939 IN IP4 192.0.2.3\r\ns=-\r\nc=IN IP4 192.0.2.4\r\nt=0 0\r\n"
    "m=audio 49217 RTP/AVP 0 8\r\n"
)
_TYPE = "Content-Type: application/sdp"


def _message(start: str = _START, body: str = _SDP, **lines: str | None) -> str:
    """A good INVITE in which `lines` replace (None: leave out) what bears their name; others are added."""
    usual: dict[str, str | None] = {
        "via": _VIA,
        "from_": _FROM,
        "to": _TO,
        "call": _CALL,
        "cseq": _CSEQ,
        "hops": _HOPS,
        "contact": _CONTACT,
        "type": _TYPE,
        "length": f"Content-Length: {len(body)}",
    }
    headers = [line for line in (usual | lines).values() if line is not None]
    return "\r\n".join([start, *headers, "", body])


CASES: dict[str, str] = {
    "wsinv": (
        "INVITE sip:{user}@{host};unknownparam SIP/2.0\r\nTO :\r\n sip:{user}@{host} ;   tag    = 1918181833n\r\n"
        'from   : "J Rosenberg \\\\\\""       <sip:jdrosen@example.com>\r\n  ;\r\n  tag = 98asjd8\r\n'
        "MaX-fOrWaRdS: 0068\r\nCall-ID: {branch}@192.0.2.1\r\nContent-Length   : 0\r\ncseq: 0009\r\n  INVITE\r\n"
        "Via  : SIP  /   2.0\r\n /UDP\r\n    192.0.2.2;branch=390skdjuw{branch}\r\ns :\r\n"
        "NewFangledHeader:   newfangled value\r\n continued newfangled value\r\nUnknownHeaderWithUnusualValue: ;;,,;;,;\r\n"
        "Route:\r\n <sip:services.example.com;lr;unknownwith=value;unknown-no-value>\r\n"
        'm:"Quoted string \\"\\"" <sip:jdrosen@example.com> ; newparam =\r\n      newvalue ;\r\n  secondparam ; q = 0.33\r\n\r\n'
    ),
    "intmeth": _message("!interesting-Method0123456789_*+`.%indeed'~ sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*@{host} SIP/2.0", cseq="CSeq: 139122385 !interesting-Method0123456789_*+`.%indeed'~"),
    "esc01": _message("INVITE sip:sips%3Auser%40example.com@{host} SIP/2.0"),
    "escnull": _message("REGISTER sip:{host} SIP/2.0", to="To: sip:null-%00-null@{host}", cseq="CSeq: 14398234 REGISTER", contact="L: <sip:%00@host5.example.com>,\r\n <sip:%00%00@host5.example.com>"),
    "esc02": _message("RE%47IST%45R sip:{host} SIP/2.0", cseq="CSeq: 29344 RE%47IST%45R"),
    "lwsdisp": _message(from_="From: caller<sip:caller@example.com>;tag=323"),
    "longreq": _message("INVITE sip:{user}@{host} SIP/2.0", to='To: "I have a user name of ' + "extreme" * 300 + '" <sip:{user}@{host}:6000;unknownparam1=' + "long" * 300 + ">", more="Unknown-" + "Long" * 200 + "-Name: x"),
    "dblreq": _message("REGISTER sip:{host} SIP/2.0", cseq="CSeq: 8 REGISTER", body="", type=None) + _message(),
    "semiuri": _message("OPTIONS sip:user;par=u%40example.net@{host} SIP/2.0", cseq="CSeq: 8 OPTIONS"),
    "transports": _message(via="\r\n".join(f"Via: SIP/2.0/{t} t1.example.com;branch=z9hG4bK{{branch}}{t}" for t in ("UDP", "SCTP", "TLS", "UNKNOWN", "TCP"))),
    "mpart01": _message(type="Content-Type: multipart/mixed;boundary=7a9cbec02ceef655", body="--7a9cbec02ceef655\r\nContent-Type: text/plain\r\n\r\nHello\r\n--7a9cbec02ceef655\r\nContent-Type: application/octet-stream\r\n\r\n\x00\x01\x02\r\n--7a9cbec02ceef655--"),
    "unreason": "SIP/2.0 200 = 2**3 * 5**2 \u043d\u043e \u0441\u0442\u043e\r\n" + "\r\n".join([_VIA, _FROM, _TO, _CALL, _CSEQ, "Content-Length: 0", "", ""]),
    "noreason": "SIP/2.0 100 \r\n" + "\r\n".join([_VIA, _FROM, _TO, _CALL, _CSEQ, "Content-Length: 0", "", ""]),
    "badinv01": _message(via="Via: SIP/2.0/UDP 192.0.2.15;;,;,,", contact='Contact: "Joe" <sip:joe@example.org>;;;;'),
    "clerr": _message(length="Content-Length: 9999"),
    "ncl": _message(length="Content-Length: -999"),
    "scalar02": _message("REGISTER sip:{host} SIP/2.0", via="Via: SIP/2.0/TCP h.example.net;branch=z9hG4bK{branch};ttl=256", cseq="CSeq: 36893488147419103232 REGISTER", hops="Max-Forwards: 300", more="Expires: 10000000000000000000000000000000"),
    "scalarlg": "SIP/2.0 503 Service Unavailable\r\n" + "\r\n".join([_VIA, _FROM, _TO, _CALL, "CSeq: 9292394834772304023312 OPTIONS", "Retry-After: 949302838503028349304023988", "Warning: 1812 overture \"In Progress\"", "", ""]),
    "quotbal": _message(to='To: "Mr. J. User <sip:{user}@{host}>'),
    "ltgtruri": _message("INVITE <sip:{user}@{host}> SIP/2.0"),
    "lwsruri": _message("INVITE sip:{user}@{host}; lr SIP/2.0"),
    "lwsstart": _message("INVITE  sip:{user}@{host}  SIP/2.0"),
    "trws": _message("OPTIONS sip:remote@{host} SIP/2.0  ", cseq="CSeq: 8 OPTIONS"),
    "escruri": _message("INVITE sip:{user}@{host}?Route=%3Csip:example.com%3E SIP/2.0"),
    "baddate": _message(date="Date: Fri, 01 Jan 2010 16:00:00 EST"),
    "regbadct": _message("REGISTER sip:{host} SIP/2.0", cseq="CSeq: 8 REGISTER", contact="Contact: sip:user@example.com?Route=%3Csip:sip.example.com%3E"),
    "badaspec": _message("OPTIONS sip:{user}@{host} SIP/2.0", to='To: "Watson, Thomas" < sip:t.watson@example.org >', cseq="CSeq: 8 OPTIONS"),
    "baddn": _message("OPTIONS sip:t.watson@{host} SIP/2.0", from_="From: Bell, Alexander <sip:a.g.bell@example.com>;tag=43", cseq="CSeq: 8 OPTIONS"),
    "badvers": _message("OPTIONS sip:t.watson@{host} SIP/7.0", via="Via: SIP/7.0/UDP c.example.com;branch=z9hG4bK{branch}", cseq="CSeq: 8 OPTIONS"),
    "mismatch01": _message("OPTIONS sip:{user}@{host} SIP/2.0"),
    "mismatch02": _message("NEWMETHOD sip:{user}@{host} SIP/2.0"),
    "bigcode": "SIP/2.0 4294967301 better not break the receiver\r\n" + "\r\n".join([_VIA, _FROM, _TO, _CALL, _CSEQ, "Content-Length: 0", "", ""]),
    "badbranch": _message("OPTIONS sip:{user}@{host} SIP/2.0", via="Via: SIP/2.0/UDP 192.0.2.15;branch=z9hG4bK", cseq="CSeq: 8 OPTIONS"),
    "insuf": _message(call=None, from_=None, to=None),
    "unkscm": _message("OPTIONS nobodyKnowsThisScheme:totallyopaquecontent SIP/2.0", cseq="CSeq: 8 OPTIONS"),
    "novelsc": _message("OPTIONS soap.beep://192.0.2.103:3002 SIP/2.0", cseq="CSeq: 8 OPTIONS"),
    "unksm2": _message("REGISTER sip:{host} SIP/2.0", to="To: isbn:2983792873", from_="From: <http://www.example.com>;tag=31", contact="Contact: <name:John_Smith>", cseq="CSeq: 8 REGISTER"),
    "bext01": _message("OPTIONS sip:{user}@{host} SIP/2.0", cseq="CSeq: 8 OPTIONS", more="Proxy-Require: nothingSupportsThis\r\nRequire: norDoesThis"),
    "invut": _message(type="Content-Type: application/unknownformat", body="<audio> <pcmu port=\"443\"/> </audio>"),
    "regaut01": _message("REGISTER sip:{host} SIP/2.0", cseq="CSeq: 9338 REGISTER", more="Authorization: NoOneKnowsThisScheme opaque-data=here"),
    "multi01": _message(more="\r\n".join([_CSEQ, _CALL, _FROM, _TO, _HOPS, "CSeq: 59 OPTIONS", "Max-Forwards: 5"])),
    "mcl01": _message("OPTIONS sip:{user}@{host} SIP/2.0", cseq="CSeq: 8 OPTIONS", more="Content-Length: 5\r\nContent-Length: 138"),
    "bcast": "SIP/2.0 200 OK\r\n" + "\r\n".join(["Via: SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK{branch}", _FROM, _TO, _CALL, _CSEQ, "Content-Length: 0", "", ""]),
    "zeromf": _message("OPTIONS sip:{user}@{host} SIP/2.0", cseq="CSeq: 8 OPTIONS", hops="Max-Forwards: 0"),
    "cparam01": _message("REGISTER sip:{host} SIP/2.0", cseq="CSeq: 8 REGISTER", contact="Contact: sip:+19725552222@gw1.example.net;unknownparam"),
    "regescrt": _message("REGISTER sip:{host} SIP/2.0", cseq="CSeq: 8 REGISTER", contact="Contact: <sip:user@example.com?Route=%3Csip:sip.example.com%3E>"),
    "sdp01": _message(body="v=0\r\no=u 1 1 IN IP4 192.0.2.5\r\ns=\r\nm=video 49217 RTP/AVP 12\r\nm=audio 0 RTP/AVP 0\r\n"),
    "inv2543": "INVITE sip:{user}@{host} SIP/2.0\r\nVia: SIP/2.0/UDP iftgw.example.com\r\nFrom: <sip:+13035551111@ift.client.example.net;user=phone>\r\nTo: sip:{user}@{host};user=phone\r\nCall-ID: {branch}\r\nCSeq: 56 INVITE\r\nContent-Type: application/sdp\r\n\r\n" + _SDP,
    # What is not in the RFC.
    "empty": "\r\n\r\n",
    "nothing": "\x00" * 64,
    "oversized": _message(more="X-Much: " + "a" * 60_000),
    "many headers": _message(more="\r\n".join(f"X-{n}: {n}" for n in range(2500))),
    "many vias": _message(via="\r\n".join([_VIA] * 300)),
    "no end": _START + "\r\n" + _VIA + "\r\n" + _FROM[:20],
    "bad sdp": _message(body="v=0\r\no=\r\nm=audio 99999999 RTP/AVP 999 -1 x\r\na=rtpmap:0 " + "x" * 4000 + "\r\nc=IN IP9 ::\r\n"),
    "format strings": _message(from_="From: \"%n%s%x${SHELL(id)}\" <sip:%25n${EXTEN}@example.net>;tag=1"),
    "replaces": _message(more="Replaces: {branch};to-tag=1;from-tag=2"),
    "refer": _message("REFER sip:{user}@{host} SIP/2.0", cseq="CSeq: 8 REFER", more="Refer-To: <sip:13900000000@{host}>", body="", type=None),
    "notify": _message("NOTIFY sip:{user}@{host} SIP/2.0", cseq="CSeq: 8 NOTIFY", more="Event: check-sync\r\nSubscription-State: active", body="", type=None),
}  # fmt: skip


def datagrams(host: str, user: str) -> Iterator[tuple[str, bytes]]:
    """Each case's name and bytes, addressed to the engine at `host` (with its port)."""
    for name, text in CASES.items():
        for part, value in (("{user}", user), ("{host}", host), ("{branch}", secrets.token_hex(6))):
            text = text.replace(part, value)
        yield name, text.encode()[:65_000]
