"""What a request to Asterisk can fail with."""

from __future__ import annotations

from typing import ClassVar


class AriError(Exception):
    """A request that Asterisk refused or that got no answer.

    ``code`` is stable and may be shown or compared; ``status`` is the HTTP status, 0 if there was no answer;
    ``message`` is Asterisk's own English sentence; ``message_zh`` names the class of the failure in Chinese.
    """

    code: ClassVar[str] = "ari.error"
    message_zh: ClassVar[str] = "话务引擎请求失败"

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(f"{status} {message}" if status else message)
        self.status = status
        self.message = message


class AriBadRequest(AriError):
    """400, 401, 403, 405: the request itself is wrong."""

    code = "ari.bad_request"
    message_zh = "话务引擎不接受该请求"


class AriNotFound(AriError):
    """404: the channel, bridge, playback or recording does not exist (any more)."""

    code = "ari.not_found"
    message_zh = "通道或资源已不存在"


class AriConflict(AriError):
    """409: not possible in this state, for example the channel has left our application."""

    code = "ari.conflict"
    message_zh = "当前状态下无法执行"


class AriUnprocessable(AriError):
    """412 or 422: understood but not possible, for example the channel is not in our application."""

    code = "ari.unprocessable"
    message_zh = "话务引擎无法处理该请求"


class AriServerError(AriError):
    """500 and above: Asterisk failed."""

    code = "ari.server_error"
    message_zh = "话务引擎内部错误"


class AriTimeout(AriError):
    """No answer before the request's own deadline, or no connection. The request may still take effect."""

    code = "ari.timeout"
    message_zh = "话务引擎超时未响应"


class AriDisconnected(AriError):
    """No connection, or it was lost before the answer. The request may have taken effect."""

    code = "ari.disconnected"
    message_zh = "与话务引擎的连接已断开"


class AriReplaced(AriError):
    """Another process has connected as our application: it gets the events now."""

    code = "ari.replaced"
    message_zh = "另一个控制进程已接管通话"


def error_for(status: int, message: str) -> AriError:
    """The error of an HTTP status of 400 or above."""
    if status >= 500:
        return AriServerError(message, status)
    kinds: dict[int, type[AriError]] = {
        404: AriNotFound,
        409: AriConflict,
        412: AriUnprocessable,
        422: AriUnprocessable,
    }
    return kinds.get(status, AriBadRequest)(message, status)
