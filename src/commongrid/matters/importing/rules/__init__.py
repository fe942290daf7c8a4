"""Reading older systems' rows: ``columns``, ``moments``, ``reading``, and the account in ``faults``."""
