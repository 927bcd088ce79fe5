"""When the digests of a series are due: schedules, their slots, and the titles of these."""
