"""The file itself: who may write it, and what is put into it as it came: exchanges, bodies, events."""
