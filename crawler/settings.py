"""The Scrapy settings, each with its reason. What is true of one site only is in its ``Site``."""

import os
import sys

if "scrapy.cmdline" in sys.modules:
    # On import each of these searches the whole stack and every loaded module. This takes a fifth of the
    # start of a command, unless it is done here, before the commands are imported. A reader process needs
    # none of them.
    import scrapy.core.downloader.contextfactory
    import scrapy.core.downloader.tls
    import scrapy.extensions.feedexport  # noqa: F401

from archive import exchange
from archive.home import contact_here
from crawler import user_agent

BOT_NAME = "yuanben"
SPIDER_MODULES = ["spiders"]
NEWSPIDER_MODULE = "spiders"
COMMANDS_MODULE = "crawler.commands"
# A misspelt declaration is one line and exit code 2, whichever command begins.
SPIDER_LOADER_CLASS = "crawler.loading.Loader"

# Ours. The environment gives the defaults, -s replaces them.

# Where the owner of a site reaches whoever runs this (https://…, mailto:…); part of the User-Agent.
ARCHIVE_CONTACT = os.environ.get("ARCHIVE_CONTACT") or contact_here()
# Names and address literals that may be asked although they are private; comma-separated.
ARCHIVE_ALLOW_HOSTS = os.environ.get("ARCHIVE_ALLOW_HOSTS", "")
# Seconds that replace every site's delay; 0 only where the peer or the proxy is this machine.
ARCHIVE_DELAY = None
# Reader processes; empty: one per core. 0 leaves what is kept in the queue, for a later run to read.
ARCHIVE_READERS = None
# Below 1 KB/s for so many seconds, an answer is given up: one byte a second would hold a slot for a minute.
ARCHIVE_SLOW_SECONDS = 20

# Conduct

# The same to everybody; crawler.handler sets it on every request.
USER_AGENT = user_agent(ARCHIVE_CONTACT)
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    # The pages are Chinese; a site that chooses by language should not send its English ones.
    "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5",
    # The encodings of crawler.decode; Scrapy's compression middleware, which would ask for them, is off.
    "Accept-Encoding": "gzip, deflate, br, zstd",
}
# crawler.robots obeys RFC 9309; Scrapy's own middleware crawls on where robots.txt answers 5xx.
ROBOTSTXT_OBEY = False
# crawler.gate spaces requests, by host name and across spiders; these only keep queues short.
DOWNLOAD_DELAY = 0
DOWNLOAD_DELAY_JITTER = 0
CONCURRENT_REQUESTS = 16
CONCURRENT_REQUESTS_PER_DOMAIN = 1
AUTOTHROTTLE_ENABLED = False
# No cookies: they are no part of an archive, and the first one would make tldextract ask two foreign hosts.
COOKIES_ENABLED = False
# A Referer is sent where a Site declares one, not where Scrapy came from.
REFERER_ENABLED = False

# What is asked, and how

TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
# Links to file:, ftp:, s3: and data: have no handler: a page must not make us read a local file.
DOWNLOAD_HANDLERS = {
    "http": "crawler.handler.PoliteHandler",
    "https": "crawler.handler.PoliteHandler",
    "file": None,
    "ftp": None,
    "s3": None,
    "data": None,
}
# HTTP_PROXY, HTTPS_PROXY and NO_PROXY, in either case, hold for every request.
HTTPPROXY_ENABLED = True
# The handler brings its own, stricter TLS policy; this says the same to any other reader of the setting.
DOWNLOAD_VERIFY_CERTIFICATES = True
# Connect, wait and read together; connecting alone may take ten seconds. Attachments get five minutes.
DOWNLOAD_TIMEOUT = 60
# Bytes on the wire of a page or list (files have their own limit). Scrapy's default is 1 GiB.
DOWNLOAD_MAXSIZE = exchange.PAGE_LIMIT
# Never warned about: over the limit is an outcome, below it needs no warning.
DOWNLOAD_WARNSIZE = 0
# A body that ends early is passed on with the flag "dataloss"; the capture keeps it and marks it as
# truncated.
DOWNLOAD_FAIL_ON_DATALOSS = False
# Longer addresses are refused by crawler.address, with an event; Scrapy would drop them without a word.
URLLENGTH_LIMIT = 0
REDIRECT_MAX_TIMES = exchange.MOST_HOPS
# A refresh in a page is part of the page; nothing follows it.
METAREFRESH_ENABLED = False
# The frontier decides what is asked again, and when; Scrapy would ask three times within 10 ms.
RETRY_ENABLED = False
# The capture decodes bodies strictly; Scrapy's middleware passes truncated bodies on as complete.
COMPRESSION_ENABLED = False
HTTPCACHE_ENABLED = False
# What was asked for is in the frontier, which survives; Scrapy's filter drops requests without a word.
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"

# Nearest the network last. Nothing below the capture may change or repeat a request.
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": None,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,
    "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware": None,
    # First: what may be asked depends on whether a proxy asks.
    "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": 50,
    # Before robots: a hop that may not be followed must not make us ask for a robots.txt either.
    "crawler.redirect.RedirectMiddleware": 80,
    "crawler.robots.RobotsMiddleware": 100,
    "crawler.handler.IdentityMiddleware": 500,
    "crawler.capture.CaptureMiddleware": 900,
}

# Answers of every status reach the feed, which releases the row that asked.
SPIDER_MIDDLEWARES = {"scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None}
# The run (crawler.run) that the commands hand to the components.
ARCHIVE_RUN = None

# The process

# Doors into the running process.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
# At its default every response starts a hundred tasks.
CONCURRENT_ITEMS = 4
# Progress and verdicts are ours to print; Scrapy speaks up when something is wrong.
LOG_LEVEL = "WARNING"
STATS_DUMP = False
