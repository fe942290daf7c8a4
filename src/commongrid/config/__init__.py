"""How the product is set up on one machine: environment, keys, the bundled database, settings and addresses.

The top of the order of modules: nothing imports it but the entry points (`commongrid.cli`, `manage`-like commands
and the server itself). What a lower module needs from here is handed to it as plain values through Django's settings.
"""
