"""Django's management commands of Commongrid."""
