"""Sites, things and organisations: what there is in a place, what is due for a check, who belongs to what."""
