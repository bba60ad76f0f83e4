"""How connections are made: to checked addresses, with verified certificates, within bounds.

Scrapy installs a resolver for the whole reactor (``TWISTED_DNS_RESOLVER``), and only where
``CrawlerProcess.start`` runs. Such a resolver cannot distinguish a proxy's name, which may be private, from a
page's, and cannot say why it gives no address. So direct connections resolve here: the addresses that were
looked up are checked, and exactly those are connected to, without a second look-up.
"""

# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

import asyncio
import functools
import os
import ssl
from pathlib import Path
from typing import Any

from OpenSSL import crypto
from scrapy.core.downloader.handlers.http11 import _LenientHTTP11ClientFactory, _LenientHTTP11ClientProtocol
from twisted.internet import error
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ClientEndpoint, TCP6ClientEndpoint, wrapClientTLS
from twisted.internet.interfaces import IAddress, IHandshakeListener, ISSLTransport, IStreamClientEndpoint
from twisted.internet.protocol import connectionDone
from twisted.internet.ssl import (
    AcceptableCiphers,
    Certificate,
    optionsForClientTLS,
    platformTrust,
    trustRootFromCertificates,
)
from twisted.python.failure import Failure
from twisted.web._newclient import HEADER, STATUS
from twisted.web.client import URI
from twisted.web.iweb import IAgentEndpointFactory, IPolicyForHTTPS
from zope.interface import implementer

from archive.errors import BadInput
from crawler.address import Address, Lookup, checked_addresses
from crawler.tolerance import TolerantParser, broken_off

CONNECT_SECONDS = 10.0
_MOST_ADDRESSES = 4
_MOST_HEADER_BYTES = 256 << 10
_MOST_HEADERS = 1_000
_BEGIN = b"-----BEGIN CERTIFICATE-----"
_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)


class HeadersTooLarge(Exception):
    """An answer with more than 256 KiB of headers, or more than a thousand of them."""


class HandshakeTimeout(Exception):
    """A server that took the connection but did not finish the TLS handshake in time."""


@implementer(IAgentEndpointFactory)
class PublicEndpoints:
    """Makes the direct connections of one crawler. It is not used with a proxy: the proxy resolves."""

    def __init__(self, reactor: Any, tls: Any, lookup: Lookup, allowed: frozenset[str]) -> None:
        self._reactor = reactor
        self._tls = tls
        self._lookup = lookup
        self._allowed = allowed

    def endpointForURI(self, uri: URI) -> Any:
        """Return the endpoint for an address; connecting fails with Refused where it must not be reached."""
        endpoint: Any = _PublicEndpoint(self, uri.host.decode("ascii"), uri.port)
        if uri.scheme == b"http":
            return endpoint
        return wrapClientTLS(self._tls.creatorForNetloc(uri.host, uri.port), endpoint)

    async def connect(self, host: str, port: int, factory: Any) -> Any:
        """Return the protocol of the first address that answers; ten seconds are shared among them."""
        addresses = (await self._addresses(host, port))[:_MOST_ADDRESSES]
        failed: Exception = error.DNSLookupError(f"no address for {host}")
        for address in addresses:
            endpoint = self._endpoint(address, port, CONNECT_SECONDS / len(addresses))
            try:
                return await endpoint.connect(factory).asFuture(asyncio.get_running_loop())
            except (error.ConnectError, error.TimeoutError) as reason:
                failed = reason
        raise failed

    async def _addresses(self, host: str, port: int) -> list[Address]:
        try:
            return await checked_addresses(host, port, allowed=self._allowed, lookup=self._lookup)
        except (OSError, UnicodeError, TimeoutError) as reason:
            raise error.DNSLookupError(f"no address for {host}: {reason}") from reason

    def _endpoint(self, address: Address, port: int, seconds: float) -> Any:
        kind = TCP4ClientEndpoint if address.version == 4 else TCP6ClientEndpoint
        return kind(self._reactor, str(address), port, timeout=seconds)


@implementer(IStreamClientEndpoint)
class _PublicEndpoint:
    def __init__(self, endpoints: PublicEndpoints, host: str, port: int) -> None:
        self._endpoints = endpoints
        self._host = host
        self._port = port

    def connect(self, protocolFactory: Any) -> Deferred[Any]:
        connecting = self._endpoints.connect(self._host, self._port, protocolFactory)
        return Deferred.fromFuture(asyncio.ensure_future(connecting))


@implementer(IPolicyForHTTPS)
class VerifiedTls:
    """TLS 1.2 or later; the certificate must be trusted by this machine and be the host's own.

    There are no exceptions. ``DOWNLOAD_VERIFY_CERTIFICATES`` alone would search where OpenSSL was built to
    search, which in a wheel need not be where this machine keeps its certificates.
    """

    def __init__(self, trust: Any) -> None:
        self._trust = trust
        # One context for each host: making one loads some 150 certificates.
        self._creator = functools.lru_cache(maxsize=256)(self._new_creator)

    def creatorForNetloc(self, hostname: bytes, port: int) -> Any:
        """Return the creator of the TLS connections to a host."""
        return self._creator(hostname.decode("ascii").strip("[]").removesuffix("."))

    def _new_creator(self, hostname: str) -> Any:
        # OpenSSL's own choice of ciphers, as Scrapy has it: some government servers speak no newer ones.
        ciphers = AcceptableCiphers.fromOpenSSLCipherString("DEFAULT")
        return optionsForClientTLS(
            hostname, trustRoot=self._trust, extraCertificateOptions={"acceptableCiphers": ciphers}
        )


def system_trust(environ: dict[str, str] | None = None) -> Any:
    """Return the certificates this machine trusts: those of SSL_CERT_FILE, else of the system's store.

    Raise BadInput where SSL_CERT_FILE names a file that holds none.
    """
    named = (os.environ if environ is None else environ).get("SSL_CERT_FILE")
    if named:
        return _trust_of(Path(named))
    default = ssl.get_default_verify_paths().openssl_cafile
    for path in (Path(name) for name in (*_BUNDLES, default)):
        if path.is_file():
            return _trust_of(path)
    return platformTrust()


def _trust_of(path: Path) -> Any:
    try:
        blocks = path.read_bytes().split(_BEGIN)[1:]
        certificates = [Certificate.loadPEM(_BEGIN + block) for block in blocks]
    except (OSError, ValueError, crypto.Error) as reason:
        raise BadInput(f"SSL_CERT_FILE: {path} cannot be used ({reason})") from None
    if not certificates:
        raise BadInput(f"SSL_CERT_FILE: {path} holds no certificate in PEM form")
    return trustRootFromCertificates(certificates)


@implementer(IHandshakeListener)
class BoundedProtocol(_LenientHTTP11ClientProtocol):
    """An HTTP/1.1 client that gives up on endless headers and on handshakes that do not end."""

    _header_bytes = 0
    _handshake: Any = None

    def connectionMade(self) -> None:
        super().connectionMade()
        if ISSLTransport.providedBy(self.transport):
            from twisted.internet import reactor

            clock: Any = reactor
            self._handshake = clock.callLater(CONNECT_SECONDS, self._abandon)

    def handshakeCompleted(self) -> None:
        self._stop_waiting()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self._stop_waiting()
        if not reason.check(error.ConnectionDone):
            broken_off(self._parser)
        super().connectionLost(reason)

    def request(self, request: Any) -> Deferred[Any]:
        self._header_bytes = 0
        answering = super().request(request).addCallback(_with_few_headers)
        # As Scrapy does it: Twisted builds the parser itself.
        assert self._parser is not None
        self._parser.__class__ = TolerantParser
        return answering

    def dataReceived(self, data: bytes) -> None:
        super().dataReceived(data)
        if self._parser is not None and self._parser.state in (STATUS, HEADER):
            self._header_bytes += len(data)
            if self._header_bytes > _MOST_HEADER_BYTES:
                self._giveUp(Failure(HeadersTooLarge("more than 256 KiB of headers")))

    def _abandon(self) -> None:
        if self.transport is not None:
            self.transport.abortConnection()
        self._disconnectParser(Failure(HandshakeTimeout("TLS handshake not finished in time")))

    def _stop_waiting(self) -> None:
        if self._handshake is not None and self._handshake.active():
            self._handshake.cancel()


def _with_few_headers(response: Any) -> Any:
    if sum(len(values) for _, values in response.headers.getAllRawHeaders()) > _MOST_HEADERS:
        response._transport.loseConnection()
        raise HeadersTooLarge("more than a thousand headers")
    return response


class BoundedFactory(_LenientHTTP11ClientFactory):
    """Builds the protocols of the connection pool."""

    def buildProtocol(self, addr: IAddress | None) -> BoundedProtocol:
        return BoundedProtocol(self._quiescentCallback)
