"""Rules of grid division: plain values in, plain values out."""
