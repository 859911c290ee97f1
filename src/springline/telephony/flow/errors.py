"""What is wrong with a flow: whole sentences that name the node and the field, in Chinese and English."""

import msgspec


class FlowError(msgspec.Struct, frozen=True, kw_only=True):
    """`node` and `field` are None where the fault is not in one place. `code` is stable, for programs."""

    code: str
    message_zh: str
    message_en: str
    node: str | None = None
    field: str | None = None

    def __str__(self) -> str:
        return f"{self.message_zh} ({self.message_en})"


class FlowErrors(ValueError):
    """A document that is no usable flow; `errors` has all that could be found at once."""

    def __init__(self, errors: tuple[FlowError, ...]) -> None:
        super().__init__("\n".join(str(error) for error in errors))
        self.errors = errors


def at_node(node: str, field: str | None, code: str, zh: str, en: str) -> FlowError:
    where_zh = f"节点“{node}”" + (f" 的 {field}" if field else "")
    where_en = f"node '{node}'" + (f", {field}" if field else "")
    return FlowError(
        code=code, node=node, field=field, message_zh=f"{where_zh}：{zh}", message_en=f"{where_en}: {en}"
    )


def at_file(field: str | None, code: str, zh: str, en: str) -> FlowError:
    where_zh = f"{field}：" if field else ""
    where_en = f"{field}: " if field else ""
    return FlowError(code=code, field=field, message_zh=where_zh + zh, message_en=where_en + en)
