//! AST to network: names, units, types, defaults; every diagnostic collected, none fatal to the next.
