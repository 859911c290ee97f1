"""The hallway between the floors: frozen, typed messages and nothing else.

Telephony and business import these and never each other. Times are UTC, phone numbers E.164,
durations seconds, money integer 分. JSON on the wire (`codec`).
"""
