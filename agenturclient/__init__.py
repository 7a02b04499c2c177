"""Agenturclient: travel agencies sell and refund railway tickets through a distributor."""
