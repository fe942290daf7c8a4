"""Grid division in the product."""
