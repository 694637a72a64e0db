"""Kafka with KRaft, whole: brokers, replicas and the controller of one topic."""
