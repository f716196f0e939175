"""The large setup as `deploy/` ships it, on this machine: rehearsed from nothing, and driven through faults."""
