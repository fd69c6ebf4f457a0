"""`python -m signoff_cli`: the command line where the console script is not on the path. Must import only `main`."""

from signoff_cli.main import main

main()
