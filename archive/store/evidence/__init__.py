"""What the evidence of an archive is made of, read out of its file: logs, exports, and everything derived again."""
