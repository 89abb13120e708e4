"""A rule as an operator writes it."""

HEAD = "rules:\n"
RULE = """\
  - name: {name}
    severity: page
    summary: Too many returns fail.
    when: {{kind: share, signal: failed, share_above: {limit}, over: 15m, alpha: 0.001}}
    look: The shop's orders service.
"""


def rule(name="returns-errors", limit=0.1, more=""):
    return RULE.format(name=name, limit=limit) + more
