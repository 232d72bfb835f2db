"""`python -m survey.cli`: the command line where the `survey` script is not on the path."""
from survey.cli import main

main()
