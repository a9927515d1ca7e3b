"""Reaching outside, each behind one small function."""
