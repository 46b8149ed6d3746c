"""How fast the core is: `make bench`. See docs/performance.md."""
