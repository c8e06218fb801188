"""Accounts: registration, sign-in, sessions, passwords, profiles, and their place at the gateway."""
