"""Vouchers, and whether they are paid."""
