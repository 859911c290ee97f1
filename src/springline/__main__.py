"""`python -m springline`. Supervised programs do without the command line: callers wait for their start."""

import sys

if sys.argv[1:2] == ["run"] and len(sys.argv) in (3, 4):
    from springline.single import main

    sys.exit(main(*sys.argv[2:]))

from springline.entry import main as command

command()
