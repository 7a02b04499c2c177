"""The guarded way out: deadline, bulkhead, breaker and retry around every call to another system.

It knows no word of the trade. `guard.Guard.send` is its only door.
"""
