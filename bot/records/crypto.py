"""Envelope encryption: one data key per conversation, wrapped by a master key that lives in a file.

AES-256-GCM throughout (NIST SP 800-38D); a 96-bit random nonce precedes each ciphertext. Forgetting a conversation's
wrapped key makes every body of it unreadable, backups included.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12


class KeyFileError(RuntimeError):
    """The key file cannot be used. The message says which file and what to do."""


class UnreadableError(RuntimeError):
    """A ciphertext does not open with its key: damaged, erased, or sealed with a key that is gone."""


def _seal(key: bytes, plain: bytes, context: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, context)


def _open(key: bytes, sealed: bytes, context: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], context)
    except InvalidTag as error:
        raise UnreadableError("a stored body does not open with its key") from error


class Vault:
    """Master keys by id. The last line of the key file is the current one; older ones still open."""

    def __init__(self, keys: dict[str, bytes], path: Path | None = None) -> None:
        if not keys:
            raise KeyFileError("no key: the key file is empty. Restore it from backup or delete it before first use.")
        self._keys = keys
        self._path = path
        self.current_id = next(reversed(keys))

    @classmethod
    def open(cls, path: Path) -> Vault:
        """Read the key file, making one with a fresh key (mode 0600) where there is none."""
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(f"k1 {secrets.token_hex(32)}\n")
        return cls(_read_keys(path), path)

    def new_data_key(self) -> tuple[bytes, str]:
        """A fresh wrapped data key and the id of the master key that wrapped it."""
        return _seal(self._keys[self.current_id], os.urandom(32), b"data-key"), self.current_id

    def rewrap(self, wrapped: bytes, key_id: str) -> tuple[bytes, str]:
        """The same data key under the current master key; bodies need no re-encryption."""
        plain = _open(self._master(key_id), wrapped, b"data-key")
        return _seal(self._keys[self.current_id], plain, b"data-key"), self.current_id

    def box(self, wrapped: bytes, key_id: str) -> Box:
        return Box(_unwrap(self._master(key_id), wrapped))

    def own_box(self) -> Box:
        """For values that belong to no conversation (staff secrets, unanswered questions)."""
        return Box(hashlib.sha256(b"own" + self._keys[next(iter(self._keys))]).digest())

    def keyed_hash(self, purpose: str, value: str) -> str:
        """Deterministic 64-hex-digit hash that cannot be guessed without the key; stable across rotations."""
        first = self._keys[next(iter(self._keys))]
        return hmac.new(first, f"{purpose}\0{value}".encode(), hashlib.sha256).hexdigest()

    def _master(self, key_id: str) -> bytes:
        if key_id not in self._keys and self._path is not None and self._path.exists():
            # The keys were rotated while this process ran.
            self._keys |= _read_keys(self._path)
            self.current_id = next(reversed(self._keys))
        try:
            return self._keys[key_id]
        except KeyError:
            raise UnreadableError(f"master key {key_id} is not in the key file") from None


def _read_keys(path: Path) -> dict[str, bytes]:
    keys: dict[str, bytes] = {}
    for number, line in enumerate(path.read_text("ascii").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            key_id, value = line.split()
            key = bytes.fromhex(value)
        except ValueError:
            raise KeyFileError(f"{path}:{number}: expected 'id hexkey'. Restore the file from backup.") from None
        if len(key) != 32:
            raise KeyFileError(f"{path}:{number}: a key is 64 hex digits. Restore the file from backup.")
        keys[key_id] = key
    return keys


@lru_cache(maxsize=4096)
def _unwrap(master: bytes, wrapped: bytes) -> bytes:
    return _open(master, wrapped, b"data-key")


class Box:
    """Seals and opens JSON values with one data key."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def seal(self, value: Any) -> bytes:
        return _seal(self._key, json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), b"body")

    def open(self, sealed: bytes) -> Any:
        return json.loads(_open(self._key, sealed, b"body"))
