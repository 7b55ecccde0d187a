"""Service packages: what a citizen can apply for, as data; checked, published and served.

Two halves that meet in one place:

- without Django: `package` (a folder becomes bytes with a hash), `manifest` (service.toml), `compiled`
  (everything read and cross-checked), `scenarios` (examples played), `checker` (all of it in a child
  process with limits);
- with Django: `models`, `operations` (publish, withdraw), `queries` (offered, current, compiled).

All functions of `operations` and `queries` run inside the caller's `acting_for(authority_id=…)`; none
of them opens a transaction, so that a case can load its version in the transaction it already has.
"""
