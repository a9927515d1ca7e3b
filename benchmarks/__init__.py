"""What measures speed: each measurement beside its yardstick, in one run. Never part of the test run."""
