"""A stand-in for Kong 3.9 on one machine: the same declarative file, the same answers where this project needs them."""
