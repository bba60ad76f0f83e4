"""What yuanben keeps, reads, versions and compares. No Scrapy and no network in here."""

__version__ = "0.1.0"
# What the store knows of the reader stands here, not beside it: what only searches need not load the reader.
READER = "yuanben-reader"
READER_VERSION = "4"
ATTACHMENT_READER = "yuanben-attachment/2"
# The flag of a reading that was made in haste.
CHEAP = "cheap_reading"
