"""The generator, on a description of our own."""

import ast
import sys
import types

import msgspec
import pytest

from tools import ari_codegen

DOCS = ari_codegen.ApiDocs(
    "99.1",
    {
        "kettles": {
            "apis": [
                {
                    "path": "/kettles/{kettleId}/boil",
                    "operations": [
                        {
                            "httpMethod": "POST",
                            "nickname": "boilWater",
                            "responseClass": "List[Kettle]",
                            "parameters": [
                                {"name": "kettleId", "paramType": "path", "dataType": "string"},
                                {"name": "from", "paramType": "query", "dataType": "int", "required": True},
                                {
                                    "name": "maxHeat",
                                    "paramType": "query",
                                    "dataType": "string",
                                    "allowableValues": {"valueType": "LIST", "values": ["low", "high"]},
                                },
                                {"name": "variables", "paramType": "body", "dataType": "containers"},
                            ],
                        }
                    ],
                }
            ],
            "models": {
                "Message": {"properties": {"type": {"type": "string", "required": True}}},
                "Event": {
                    "properties": {"timestamp": {"type": "Date", "required": True}},
                    "subTypes": ["Boiled"],
                },
                "Boiled": {"properties": {"kettle": {"type": "Kettle", "required": True}}},
                "Kettle": {
                    "properties": {
                        "litres": {"type": "double"},
                        "class": {"type": "string", "required": True, "description": "prose to leave out"},
                    }
                },
            },
        }
    },
)


@pytest.fixture
def files():
    return ari_codegen.generate(DOCS)


def test_signatures_carry_types_and_defaults(files):
    text = files["operations/kettles.py"]
    assert "async def boil_water(" in text
    assert "kettle_id: str, *, from_: int" in text
    assert 'max_heat: Literal["low", "high"] | None = None' in text
    assert '("maxHeat", max_heat)' in text
    assert '{"variables": variables}' in text


def test_everything_compiles_and_no_prose_is_taken_over(files):
    for name, text in files.items():
        ast.parse(text)
        assert "99.1" in text.partition("\n")[0], name
        assert "prose" not in text


def test_generated_events_decode(files):
    package = types.ModuleType("kettle_generated")
    package.__path__ = []
    sys.modules["kettle_generated"] = package
    try:
        for name in ("models", "events"):
            module = types.ModuleType(f"kettle_generated.{name}")
            module.__package__ = "kettle_generated"
            sys.modules[module.__name__] = module
            exec(compile(files[f"{name}.py"], name, "exec"), module.__dict__)
        events = sys.modules["kettle_generated.events"]
        text = b'{"type":"Boiled","timestamp":"2026-01-01T00:00:00Z","kettle":{"class":"steel"}}'
        assert msgspec.json.decode(text, type=events.AnyEvent).kettle.class_ == "steel"
    finally:
        for name in ("kettle_generated", "kettle_generated.models", "kettle_generated.events"):
            sys.modules.pop(name, None)


def test_only_the_version_may_differ_from_the_committed_files(files, tmp_path):
    ari_codegen.write(files, tmp_path)
    newer = ari_codegen.generate(ari_codegen.ApiDocs("99.2", DOCS.resources))
    assert ari_codegen.differing(newer, tmp_path) == []
    (tmp_path / "models.py").write_text("# a header\nchanged\n")
    assert ari_codegen.differing(newer, tmp_path) == ["models.py"]
