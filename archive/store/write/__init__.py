"""What writes: an archive held for writing."""
