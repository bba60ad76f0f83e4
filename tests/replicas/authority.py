"""A throw-away certificate authority: made at start, trusted by nobody who was not given its file."""

from __future__ import annotations

import datetime
import ssl
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SELF_SIGNED = "self-signed.example"
WRONG_NAME = "wrong-name.example"
EXPIRED = "expired.example"
NO_HANDSHAKE = "zgcgw.beijing.gov.cn"


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common[:64])])


class Authority:
    """Issues one certificate a host name, all with one key, into ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._leaf_key = ec.generate_private_key(ec.SECP256R1())
        self._now = datetime.datetime.now(datetime.UTC)
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._certificate = self._issue("replica authority", self._key, days=30, authority=True)
        self.file = folder / "authority.pem"
        self.file.write_bytes(self._certificate.public_bytes(serialization.Encoding.PEM))

    def context(self, host: str) -> ssl.SSLContext:
        """Return the TLS side of ``host``; three hosts have a certificate that must be refused, one no cipher."""
        if host not in self._contexts:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self._chain(host))
            if host == NO_HANDSHAKE:
                # Ciphers that need another kind of key than the certificate's: there is none in common.
                context.maximum_version = ssl.TLSVersion.TLSv1_2
                context.set_ciphers("ECDHE-RSA-AES128-GCM-SHA256")
            self._contexts[host] = context
        return self._contexts[host]

    def _chain(self, host: str) -> Path:
        issuer_key = self._leaf_key if host == SELF_SIGNED else self._key
        shown = "another-name.example" if host == WRONG_NAME else host
        leaf = self._issue(shown, issuer_key, days=-1 if host == EXPIRED else 30, authority=False)
        key = self._leaf_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        file = self._folder / f"host-{len(self._contexts)}.pem"
        file.write_bytes(key + leaf.public_bytes(serialization.Encoding.PEM))
        return file

    def _issue(
        self, common: str, signer: ec.EllipticCurvePrivateKey, *, days: int, authority: bool
    ) -> x509.Certificate:
        subject_key = (self._key if authority else self._leaf_key).public_key()
        self_signed = authority or signer is self._leaf_key
        builder = (
            x509.CertificateBuilder()
            .subject_name(_name(common))
            .issuer_name(_name(common) if self_signed else self._certificate.subject)
            .public_key(subject_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(self._now - datetime.timedelta(days=3))
            .not_valid_after(self._now + datetime.timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(subject_key), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
            )
            .add_extension(_usage(authority), critical=True)
        )
        if not authority:
            names = x509.SubjectAlternativeName([x509.DNSName(common)])
            purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
            builder = builder.add_extension(names, critical=False).add_extension(purpose, critical=False)
        return builder.sign(signer, hashes.SHA256())


def _usage(authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
