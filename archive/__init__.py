"""What yuanben keeps, reads, versions and compares. No Scrapy and no network in here."""

__version__ = "0.1.0"
