"""Mediation of disputes: the file, the agreement on paper, the signed sheet."""
