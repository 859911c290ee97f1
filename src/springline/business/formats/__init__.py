"""How dates stand in the back office, by language (FORMAT_MODULE_PATH)."""
