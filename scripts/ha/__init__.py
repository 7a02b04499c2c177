"""A shop of several processes on this machine, as production runs it, to be broken at will."""
