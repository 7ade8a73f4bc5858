//! Counts per bucket of time at any zoom, so that drawing costs pixels, not events.
