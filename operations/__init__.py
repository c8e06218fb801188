"""What an operator runs, for one machine and for AWS: secrets, the build, dead letters, Kong's routes, documents."""
