"""A web process in the middle of a sale, with the product's settings in its environment.

`python -m tests.cases.victim FATE NUMBER AGENT MOMENT KEY`
"""

import sys
from importlib import import_module

import django

if __name__ == "__main__":
    django.setup()
    # Django's applications have to be there before anything of the product is imported.
    import_module("tests.cases.fates").main(*sys.argv[1:])
