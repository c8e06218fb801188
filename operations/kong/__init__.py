"""Kong's declarative file, made from the permissions that the functions declare."""
