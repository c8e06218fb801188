"""Students: their profiles, their report cards, what they have learnt so far."""
