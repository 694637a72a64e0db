"""Native code: a specification's intermediate representation compiled through LLVM for the processor at hand."""
