"""An agency's admin manages its people and branches; the operator makes agencies.

Each change of a directory is two commits around the calls: "asked" with before and after, then
"done", "failed" or "unknown"; what is unknown is looked up and repeated until it is a fact.
"""
