"""Where providers and robots listen, and what is secret in an address as a platform shows it.

Sources: the providers' API documentation (SendSms of Aliyun and Tencent Cloud, batchSendSms of Huawei Cloud)
and the platforms' pages on group robots.
"""

from urllib.parse import parse_qs, urlsplit, urlunsplit

from springline.business.messaging.states import OutletKind

DEFAULTS = {
    OutletKind.SMS_ALIYUN: "https://dysmsapi.aliyuncs.com",
    OutletKind.SMS_TENCENT: "https://sms.tencentcloudapi.com",
    OutletKind.SMS_HUAWEI: "https://smsapi.cn-north-4.myhuaweicloud.com:443",
    OutletKind.ROBOT_WECOM: "https://qyapi.weixin.qq.com/cgi-bin/webhook/send",
    OutletKind.ROBOT_DINGTALK: "https://oapi.dingtalk.com/robot/send",
    OutletKind.ROBOT_FEISHU: "https://open.feishu.cn/open-apis/bot/v2/hook",
}
_IN_QUERY = {OutletKind.ROBOT_WECOM: "key", OutletKind.ROBOT_DINGTALK: "access_token"}


def taken_apart(kind: OutletKind, url: str) -> tuple[str, dict[str, str]]:
    """An address as the platform shows it: without its secret, and the secret by its adapter's name."""
    parts = urlsplit(url)
    if (name := _IN_QUERY.get(kind)) and (found := parse_qs(parts.query).get(name)):
        return urlunsplit(parts._replace(query="", fragment="")), {name: found[0]}
    head, hook, token = parts.path.rstrip("/").rpartition("/hook/")
    if kind is OutletKind.ROBOT_FEISHU and hook and token:
        return urlunsplit(parts._replace(path=f"{head}/hook", query="", fragment="")), {"token": token}
    return url, {}
