"""The OpenAPI document as text: `python -m springline.business.openapi > frontend/desk/openapi.json`."""

import json
import os
import sys


def document() -> str:
    """Stable text, so that a changed API shows as a changed file. Needs a configured Django."""
    from springline.business.api import api

    return (
        json.dumps(api.get_openapi_schema(path_prefix="/api/"), indent=2, ensure_ascii=False, sort_keys=True)
        + "\n"
    )


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "springline.business.settings_test")
    django.setup()
    sys.stdout.write(document())
