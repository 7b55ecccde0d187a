"""Real servers without installation (PostgreSQL, Valkey, an issuer, a mail sink), for demo and tests."""
