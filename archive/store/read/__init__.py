"""What is asked of an archive."""
