"""Random walks: the same kernels as in the search, for state spaces that are too large to be searched.

| module                   | what it has                                                                      |
|--------------------------|----------------------------------------------------------------------------------|
| `simulation`             | from a specification to a report: the way in                                     |
| `walker`                 | rounds of walks on several threads, added up in the order of their numbers       |
| `walk_code`              | a walk as LLVM code: how random numbers are made, and what is drawn from them    |
| `shape`                  | what native code and Python agree on                                             |
| `library`                | compiled kernels as Python functions                                             |
| `sketch`, `sketch_code`  | a sample of the visited states, and what it says of those that were not visited  |
| `runs`                   | runs rebuilt from the numbers of walks, and confirmed in CPython                 |
| `report`, `text`         | what walks add to a report, and the report as text                               |
"""
