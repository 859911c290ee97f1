"""The command `springline`. Ctrl-C while its modules are read ends it without a word: nothing has begun."""

import signal


def main() -> None:
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from springline.cli import app
    from springline.platform import waiting

    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    waiting.mend()
    app()
