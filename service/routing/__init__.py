"""Which channel gets which incident."""
