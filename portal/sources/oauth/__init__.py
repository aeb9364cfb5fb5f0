from portal.sources.oauth.github import authorization_url, claimed

__all__ = ["authorization_url", "claimed"]
