"""What every service shares: HTTP, security, storage, events. It holds no business rules."""
