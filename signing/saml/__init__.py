"""SAML 2.0 for one service provider: pure; keys, metadata and the clock are arguments."""
