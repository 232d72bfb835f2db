"""People at screens and terminals: the web pages, the command line, and who may use what."""
