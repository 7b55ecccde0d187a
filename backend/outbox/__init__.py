"""The outbox: durable instructions for side effects, their leases, and the relay that hands them out."""
