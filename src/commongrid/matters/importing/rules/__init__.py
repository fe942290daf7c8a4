"""Reading older systems' rows: ``columns``, ``reading``, and the account in ``faults``."""
