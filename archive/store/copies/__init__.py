"""Texts that stand at more than one place: the index that finds them, comparisons, and works at several addresses."""
