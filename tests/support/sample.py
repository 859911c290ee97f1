"""A request that an OpenAPI document would accept: the smallest body of each endpoint."""

from __future__ import annotations

import re
from typing import Any

# By name, where a pattern or a check of ours asks for more than the document tells.
_NAMED = {
    "number": "13800012345",
    "e164": "+8613800012345",
    "county": "341502",
    "adcode": "341502",
    "day": "2026-11-26",
    "name": "x",
    "photo_id": "0b1c4f1e-3c53-4c0e-9a55-0f0f0f0f0f0f",
}
_FORMATS = {
    "date-time": "2026-11-26T04:00:00Z",
    "date": "2026-11-26",
    "uuid": "0b1c4f1e-3c53-4c0e-9a55-0f0f0f0f0f0f",
}


class Document:
    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document

    def operations(self) -> list[tuple[str, str, dict[str, Any]]]:
        """(method, path, operation), sorted."""
        return sorted(
            ((method.upper(), path, operation)
            for path, methods in self._document["paths"].items()
            for method, operation in methods.items()),
            key=lambda one: (one[1], one[0]),
        )  # fmt: skip

    def path(self, path: str, operation: dict[str, Any]) -> str:
        """With a value for each parameter that it must have."""
        query = []
        for parameter in operation.get("parameters", []):
            value = self.value(parameter["schema"], parameter["name"])
            if parameter["in"] == "path":
                path = path.replace("{" + parameter["name"] + "}", str(value))
            elif parameter["in"] == "query" and parameter.get("required"):
                query.append(f"{parameter['name']}={value}")
        return path + ("?" + "&".join(query) if query else "")

    def body(self, operation: dict[str, Any]) -> tuple[str, Any] | None:
        """(media type, the smallest body); None when there is none."""
        for media, content in operation.get("requestBody", {}).get("content", {}).items():
            return media, self.value(content["schema"])
        return None

    def value(self, schema: dict[str, Any], name: str = "") -> Any:
        if "$ref" in schema:
            return self.value(self._document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]], name)
        for word in ("default", "const"):
            if schema.get(word) is not None:
                return schema[word]
        if "enum" in schema:
            return schema["enum"][0]
        for word in ("anyOf", "oneOf", "allOf"):
            if word in schema:
                return self.value(next(one for one in schema[word] if one.get("type") != "null"), name)
        return self._plain(schema, name)

    def _plain(self, schema: dict[str, Any], name: str) -> Any:
        match schema.get("type"):
            case "object":
                wanted = schema.get("required", [])
                return {key: self.value(schema["properties"][key], key) for key in wanted}
            case "array":
                return [self.value(schema["items"], name)] * max(schema.get("minItems", 0), 0)
            case "integer" | "number":
                low = schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1)
                return max(int(low), 1)
            case "boolean":
                return True
            case "string":
                choices = re.fullmatch(r"\^\(?([\w|]+)\)?\$", schema.get("pattern", ""))
                text = choices[1].split("|")[0] if choices else _FORMATS.get(schema.get("format", ""), "")
                text = text or _NAMED.get(name, "x")
                return text.ljust(schema.get("minLength", 0), "x")
        return {}
