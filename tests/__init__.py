"""The tests of Agenturclient: each one a sentence."""
