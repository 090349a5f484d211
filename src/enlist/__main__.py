"""`python -m enlist` is the command `enlist`."""

from enlist.cli.main import main

if __name__ == "__main__":
    main()
