"""From observations to requests: what the rows of one trace mean together. Pure; every source uses it."""

from domain.assembly.assemble import Assembly, assemble, transcripts
from domain.assembly.traces import Trace, group, once

__all__ = ["Assembly", "Trace", "assemble", "group", "once", "transcripts"]
