"""Reading a list of people or households: ``layout``, ``words``, ``reading``, what it becomes in ``matching``."""
