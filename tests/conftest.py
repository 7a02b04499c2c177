"""What all tests share: the figures that some of them tell at the end."""

from tests.figures import pytest_terminal_summary

__all__ = ["pytest_terminal_summary"]
