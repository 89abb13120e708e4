"""One Prefect step each: a name, a retry policy and a single call downwards."""
