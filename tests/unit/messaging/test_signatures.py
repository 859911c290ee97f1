"""Signatures against the providers' own published examples."""

import base64
import hashlib

from springline.business.messaging.outlets import webhook
from springline.business.messaging.outlets.robots import dingtalk, feishu
from springline.business.messaging.outlets.sms import aliyun, huawei, tencent


def test_aliyun_as_in_its_documentation() -> None:
    """ "V3 版本请求体&签名机制", the section with fixed parameters: RunInstances of 2023-10-26."""
    headers = {
        "host": "ecs.cn-shanghai.aliyuncs.com",
        "x-acs-action": "RunInstances",
        "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
        "x-acs-date": "2023-10-26T10:22:32Z",
        "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
        "x-acs-version": "2014-05-26",
    }
    query = {"RegionId": "cn-shanghai", "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"}
    signed = aliyun.authorization("YourAccessKeyId", "YourAccessKeySecret", query, headers, b"")
    assert signed == (
        "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;"
        "x-acs-date;x-acs-signature-nonce;x-acs-version,"
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


def test_tencent_as_in_its_documentation() -> None:
    """ "签名方法 v3": DescribeInstances of 2019-02-25."""
    body = b'{"Limit": 1, "Filters": [{"Values": ["\\u672a\\u547d\\u540d"], "Name": "instance-name"}]}'
    assert (
        hashlib.sha256(body).hexdigest() == "35e9c5b0e3ae67532d3c9f17ead6c90222632e5b1ff7f6e89887f1398934f064"
    )
    signed = tencent.authorization(
        "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE",
        "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
        "cvm",
        "cvm.tencentcloudapi.com",
        1551113065,
        body,
    )
    assert signed == (
        "TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2019-02-25/cvm/tc3_request, "
        "SignedHeaders=content-type;host, "
        "Signature=72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168"
    )


def test_huawei_digest_is_base64_of_the_raw_hash() -> None:
    header = huawei.wsse("key", "secret", "nonce", "2026-11-26T08:00:00Z")
    digest = hashlib.sha256(b"nonce2026-11-26T08:00:00Zsecret").digest()
    assert f'PasswordDigest="{base64.b64encode(digest).decode()}"' in header
    assert header.startswith('UsernameToken Username="key",')


def test_robots_sign_the_two_ways_their_platforms_do() -> None:
    # Computed with openssl: printf '1700000000000\nSEC' | openssl dgst -sha256 -hmac SEC -binary | base64
    assert dingtalk.signature("SEC", 1700000000000) == "r+2we0q01lkZqz38LA5IPNbHN81U1leRf3Au4PSQb6Q="
    # The whole text is the key and the message is empty: openssl dgst -sha256 -mac HMAC -macopt hexkey:…
    assert feishu.signature("SEC", 1700000000) == "yKzlnG5gJbbUvULgjP0QN/V99n1fNH31XG8Rrvl9pfk="


def test_a_webhook_receiver_can_tell_ours_from_others() -> None:
    signed = webhook.signature("s3cret", 1700000000, b'{"a":1}')
    # printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac s3cret
    assert signed == "t=1700000000,v1=1698a50bc74d1ff1db85c4e0a5297c2ad9fdba245d5737cdb789e4cc6e098940"
    assert webhook.signature("s3cret", 1700000001, b'{"a":1}') != signed
