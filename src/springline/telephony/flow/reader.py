"""YAML text → dictionaries, lists and strings, and nothing else.

Every scalar stays the string that was written: a key `0` is no number and `no` is no boolean. The document
is walked event by event instead of loaded, because loading drops duplicate keys silently, follows
references (which can blow up a small text) and recurses as deep as the text says.
"""

from typing import TypeAlias

import yaml

from springline.telephony.flow.errors import FlowError, at_file

Plain: TypeAlias = "str | list[Plain] | dict[str, Plain]"

MAX_CHARACTERS = 100_000
MAX_DEPTH = 8


def read(text: str) -> tuple[dict[str, Plain], tuple[FlowError, ...]]:
    """The document's mapping and what is wrong with it as YAML; empty where it could not be read on."""
    if len(text) > MAX_CHARACTERS:
        return {}, (at_file(None, "too_long", f"文件超过 {MAX_CHARACTERS} 个字符", "the file is too long"),)
    builder = _Builder()
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            if not builder.take(event):
                return {}, tuple(builder.errors)
    except yaml.YAMLError as error:
        return {}, (*builder.errors, _syntax_error(error))
    if isinstance(builder.root, dict):
        return builder.root, tuple(builder.errors)
    if not builder.errors:
        builder.errors.append(
            at_file(None, "no_mapping", "文件不是 YAML 键值结构", "the file is no YAML mapping")
        )
    return {}, tuple(builder.errors)


class _Open:
    """A list or mapping that is being read; `key` is the mapping's key waiting for its value, `path` where
    the whole belongs ("nodes.main.keys")."""

    def __init__(self, value: "list[Plain] | dict[str, Plain]", path: str) -> None:
        self.value = value
        self.path = path
        self.key: str | None = None


class _Builder:
    def __init__(self) -> None:
        self.root: Plain | None = None
        self.errors: list[FlowError] = []
        self._stack: list[_Open] = []

    def take(self, event: yaml.Event) -> bool:
        """False: the document is beyond reading on."""
        line = event.start_mark.line + 1 if event.start_mark else 0
        if isinstance(event, yaml.DocumentStartEvent) and self.root is not None:
            return self._fail(line, "documents", "只能有一份文档", "there must be one document only")
        if isinstance(event, yaml.NodeEvent) and event.anchor is not None:
            zh, en = (
                "不支持 & 和 * 引用；按键 * 要加引号",
                'anchors and aliases are not supported; quote the key "*"',
            )
            return self._fail(line, "anchor", zh, en)
        if isinstance(event, yaml.ScalarEvent):
            return self._put(event.value, line)
        if isinstance(event, yaml.CollectionStartEvent):
            if len(self._stack) == MAX_DEPTH:
                return self._fail(line, "too_deep", "层次太深", "nested too deeply")
            value: list[Plain] | dict[str, Plain] = {} if isinstance(event, yaml.MappingStartEvent) else []
            path = self._path_here()
            readable = self._put(value, line)
            self._stack.append(_Open(value, path))
            return readable
        if isinstance(event, yaml.CollectionEndEvent):
            self._stack.pop()
        return True

    def _path_here(self) -> str:
        outer = self._stack[-1] if self._stack else None
        return ".".join(part for part in (outer.path, outer.key) if part) if outer else ""

    def _put(self, value: Plain, line: int) -> bool:
        if not self._stack:
            self.root = value
            return True
        parent = self._stack[-1]
        if isinstance(parent.value, list):
            parent.value.append(value)
        elif parent.key is None:
            if not isinstance(value, str):
                return self._fail(line, "bad_key", "键必须是文字", "a key must be plain text")
            if value in parent.value:
                where = f"{parent.path}: " if parent.path else ""
                zh, en = f"{where}“{value}”重复", f"{where}'{value}' is given twice"
                self._fail(line, "duplicate", zh, en)
            parent.key = value
        else:
            parent.value[parent.key] = value
            parent.key = None
        return True

    def _fail(self, line: int, code: str, zh: str, en: str) -> bool:
        self.errors.append(at_file(None, code, f"第 {line} 行：{zh}", f"line {line}: {en}"))
        return False


def _syntax_error(error: yaml.YAMLError) -> FlowError:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or "not readable"
    line_zh, line_en = (f"第 {mark.line + 1} 行：", f"line {mark.line + 1}: ") if mark else ("", "")
    return at_file(None, "syntax", f"{line_zh}YAML 语法错误：{problem}", f"{line_en}YAML syntax: {problem}")
