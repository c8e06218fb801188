"""Course content: modules, lessons, their resources and files."""
