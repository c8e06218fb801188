"""What notification does: messages to people, their lists and wishes, the classes it writes to."""
