"""Controllers of a Kafka cluster: who decides on leaders, and what keeps those from acting who no longer do."""
