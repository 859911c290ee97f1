import json
import subprocess
import sys

CODE = """
import structlog
from springline.platform import logging
logging.configure("test")
structlog.get_logger().info("call_arrived", call="x", pii_caller="+8613805640001", **{"pii.keys": "12"})
"""


def lines(**environment: str) -> list[dict[str, str]]:
    ran = subprocess.run(
        [sys.executable, "-c", CODE], env=environment, capture_output=True, text=True, check=True
    )
    return [json.loads(line) for line in ran.stderr.splitlines()]


def test_a_line_is_one_json_object_with_time_process_and_level() -> None:
    [line] = lines()
    assert line["event"] == "call_arrived"
    assert line["process"] == "test"
    assert line["timestamp"].endswith("Z")
    assert line["pii_caller"] == "+8613805640001"


def test_personal_data_can_be_left_out() -> None:
    [line] = lines(SPRINGLINE_LOG_PII="0")
    assert "13805640001" not in json.dumps(line)
    assert line["call"] == "x"
