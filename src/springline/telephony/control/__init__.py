"""The process that takes the calls: one task per call, the queues in memory, every step in the journal."""
