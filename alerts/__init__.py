"""When to tell whom: rules, states, words and channels."""
