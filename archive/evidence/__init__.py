"""What a stranger can check: the log and its checkpoints, exports, the evidence pack.

``leaves`` says what of a row is witnessed and how it is written, ``merkle`` puts leaves under one root, ``note`` signs
the root. ``warc``, ``wacz`` and ``tables`` write what the archive holds in the forms of other tools; ``pack`` writes
one claim with all that proves it.
"""
