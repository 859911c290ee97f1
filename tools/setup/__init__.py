"""Set-up of a checkout: `python3 -m tools.setup`. Needs Python 3.11 to 3.13 and apt, nothing else."""
