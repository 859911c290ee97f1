"""`springline bench`: what is fast enough, on both databases, with the targets and the machine beside it."""
