"""The Figures page: what is asked for (``chosen``), tables of figures (``lines``), the pages and lists (``pages``)."""
