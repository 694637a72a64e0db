"""Raft: by pushing as in the paper, by pulling, and Kafka's KRaft quorum."""
