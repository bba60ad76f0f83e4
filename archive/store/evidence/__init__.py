"""Evidence read from an archive's file: logs, exports, and derived rows derived again."""
