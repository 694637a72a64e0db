"""Specifications as formulas: bounded checking and proofs by induction, decided by Z3."""
