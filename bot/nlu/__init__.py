"""Rasa graph components and the Rasa process: the only package that imports rasa."""
