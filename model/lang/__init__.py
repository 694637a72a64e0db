"""The specification language: values, types, specifications, and their translation."""
