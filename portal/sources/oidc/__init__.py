from portal.sources.oidc.way_back import claimed
from portal.sources.oidc.way_there import authorization_url

__all__ = ["authorization_url", "claimed"]
