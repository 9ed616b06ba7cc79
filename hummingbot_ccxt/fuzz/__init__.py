"""Bad input, wide: every translator and every stream handler, fed with real structures that were spoilt."""
