"""How often somebody may ask: counts callers in the memory of each web process.

No request waits for another server; with several processes the limits are multiplied by their number.
"""

from __future__ import annotations

import ipaddress
import re
import time
from collections.abc import Mapping
from functools import cache

from django.conf import settings
from django.http import HttpRequest
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

IPV6_HOME = 64
# Some proxies append the client's port, which changes with every connection.
_WITH_PORT = re.compile(r"\[(?P<v6>[^\]]+)\](?::\d+)?|(?P<v4>[\d.]+):\d+")


def exceeded(kind: str, *caller: str) -> float | None:
    """Count one request. None if the caller may go on, else the seconds to wait."""
    limit = limits_by_kind().get(kind)
    if limit is None or limiter().hit(limit, kind, *caller):
        return None
    return max(1.0, limiter().get_window_stats(limit, kind, *caller).reset_time - time.time())


def client_network(request: HttpRequest) -> str:
    """Where a request comes from; behind trusted proxies what the outermost of them has seen."""
    address = request.META.get("REMOTE_ADDR") or ""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR")
    proxies = settings.ENVIRONMENT.proxies
    if forwarded and proxies:
        seen = forwarded.split(",")
        address = seen[-min(proxies, len(seen))].strip()
    return network_of(address)


def network_of(address: str) -> str:
    """One home has one IPv4 address, or a whole /64 network of IPv6 (RFC 6177).

    A port behind the address does not count; an IPv4 address written as IPv6 (`::ffff:…`) is the IPv4 one.
    """
    with_port = _WITH_PORT.fullmatch(address)
    if with_port:
        address = with_port["v6"] or with_port["v4"]
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.IPv6Network((int(found), IPV6_HOME), strict=False))
    return address


def forget_counts() -> None:
    """Read the limits again, and count from zero."""
    limits_by_kind.cache_clear()
    limiter.cache_clear()


@cache
def limits_by_kind() -> Mapping[str, RateLimitItem]:
    return {kind: parse(limit) for kind, limit in settings.ENVIRONMENT.throttle.items()}


@cache
def limiter() -> SlidingWindowCounterRateLimiter:
    return SlidingWindowCounterRateLimiter(MemoryStorage())
