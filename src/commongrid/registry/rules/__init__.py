"""What the register decides from values at hand."""
