"""BundID, and account services that speak its dialect, by SAML 2.0."""
