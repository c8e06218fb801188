"""The institute: its settings and terms, who did what, calendars, and what the system holds about a person."""
