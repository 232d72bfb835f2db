"""Questionnaires: questions, answers and what is wrong with them. Knows no web server and no database."""
