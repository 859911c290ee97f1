"""From Chinese text to sound. What needs a model runs in a Python of its own (see `worker`)."""
