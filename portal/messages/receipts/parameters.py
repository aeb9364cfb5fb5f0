"""Did the gateway sign these parameters? The older way, of the SMS API: a digest of all of them in one of them. PURE.

An account signs with one of five methods. Which, its digest does not say, so each that has its length is tried.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence

from portal.messages.receipts.signed import Account, Believed, Refusal, fresh, mark

_HMACS = {32: "md5", 40: "sha1", 64: "sha256", 128: "sha512"}
"""By how many hexadecimal digits they have. What is plain MD5 has as many as the HMAC with it."""
_MOST_DIGITS = 12


def check(given: Mapping[str, str], accounts: Sequence[Account], now: float) -> Believed | Refusal:
    """Whether these parameters can be believed at `now` (seconds since 1970 UTC)."""
    signature = given.get("sig", "").lower()
    if not signature:
        return Refusal.UNSIGNED
    if len(signature) not in _HMACS or not signature.isascii() or any(set(name) & set("&=") for name in given):
        # Only values are flattened before they are signed: a name with these could hold another parameter, which then is gone.
        return Refusal.MALFORMED
    signing = [each for each in accounts if each.secret and _is_signed(given, signature, each.secret)]
    if not signing:
        return Refusal.SIGNATURE if any(each.secret for each in accounts) else Refusal.NO_SECRET
    if not fresh(_seconds(given.get("timestamp", "")), now):
        return Refusal.AGE
    ours = tuple(each.gateway for each in signing if each.api_key in ("", _account(given)))
    return Believed(ours, mark(signature)) if ours else Refusal.ACCOUNT


def signatures(given: Mapping[str, str], secret: str) -> dict[str, str]:
    """What each method would write under these parameters, by its name."""
    said = "".join(f"&{name}={_flat(value)}" for name, value in sorted(given.items()) if name != "sig")
    text = said.encode("utf-8", "surrogatepass")
    macs = {name: hmac.digest(secret.encode(), text, name).hex() for name in _HMACS.values()}
    # What the account is set to unless somebody changes it; the weakest, and not weak enough to be forged without the secret.
    return {"md5hash": hashlib.md5(text + secret.encode(), usedforsecurity=False).hexdigest(), **macs}


def _is_signed(given: Mapping[str, str], signature: str, secret: str) -> bool:
    right = [hmac.compare_digest(signature.encode(), each.encode()) for each in signatures(given, secret).values()]
    return any(right)


def _flat(value: str) -> str:
    return value.replace("&", "_").replace("=", "_")


def _seconds(said: str) -> int | None:
    return int(said) if said.isascii() and said.isdigit() and len(said) <= _MOST_DIGITS else None


def _account(given: Mapping[str, str]) -> str:
    return given.get("api-key") or given.get("api_key") or ""
