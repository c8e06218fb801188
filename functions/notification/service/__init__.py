"""What notification does: it writes to people and classes, and shows them what they got."""
