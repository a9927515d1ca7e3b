"""The edge: guards, transaction, language, error pages, headers, caching."""
