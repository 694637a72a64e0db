"""Replication of one partition: leader, followers, in-sync set, high watermark, leader epochs. One module a version."""
