"""The shapes that cross the wire: `...In` becomes a value of the trade, `...Out` is made of one."""
