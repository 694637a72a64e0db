"""The search: breadth first, on native code, over packed states.

| module                    | what it has                                                                  |
|---------------------------|------------------------------------------------------------------------------|
| `run`                     | from a specification to an outcome: the way in                               |
| `search`                  | levels and rounds, limits, what is counted                                   |
| `search_code, table_code` | the loops of the search as LLVM code, in one module with the model's kernels |
| `builder`                 | LLVM code written as loops and conditions                                    |
| `shape`                   | what the native code and Python agree on: fields, sizes, counters            |
| `storage, memory`         | visited set, frontier, parents, and where their memory comes from            |
| `context, workers`        | what one worker works on, and the threads                                    |
| `library`                 | compiled kernels as Python functions                                         |
| `runs`                    | runs rebuilt from parents, and confirmed in CPython                          |
| `control, found`          | interruption and progress; what was found                                    |
"""
