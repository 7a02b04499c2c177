"""The HTTP edge: parse, call one use case, render. It knows no table and no rule of the trade."""
