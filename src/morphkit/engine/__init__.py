"""Pictures: alignment, mesh, warp, combination and continua; pure, no disk."""
