"""Messages to people: which event makes which, and their way out by mail and SMS."""
