"""Progress, attendance and feedback."""
