"""Networks and faults as reusable state: what a specification inherits to lose messages and to crash servers."""
