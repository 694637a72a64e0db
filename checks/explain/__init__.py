"""What a configuration of Kafka promises: by how few failures, of which kind, acknowledged records can be lost.

`failures.py` says what can fail, `grid.py` which configurations there are, `evidence.py` searches one of them with some
failures, `table.py` asks for the fewest that lose something, `claims.py` compares what people say with that. What comes
of it is an `Explanation` (`explanation.py`), which is written as text, Markdown, JSON or a page.
"""
