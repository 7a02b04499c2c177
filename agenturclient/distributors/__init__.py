"""Adapters to distributors: their words stop here, `sales.ports` begins."""
