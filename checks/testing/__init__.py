"""Checks as tests: what test files declare, the pytest plugin that runs it, and tests that are written from runs."""
