"""The product's settings, filled for tests: demo mode and an own database per run.

That is an SQLite file, or the MySQL or MariaDB database that TEST_DATABASE_URL names; it is made
anew (`make test-mariadb` starts a server for it).
"""

import os
import tempfile
from pathlib import Path

os.environ["DEMO_MODE"] = "1"
os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL") or "sqlite:///:memory:"
os.environ["OSDM_BASE_URL"] = "http://127.0.0.1:9"  # nothing listens there
os.environ["LOG_LEVEL"] = "WARNING"

from agenturclient.settings import *
from agenturclient.settings import DATABASES

STATIC_ROOT = None  # a test run does not depend on a built page
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

if str(DATABASES["default"]["ENGINE"]).endswith("sqlite3"):
    # A file, because threads that share one in-memory database lock each other's tables; one per
    # process, so that runs side by side do not meet; not synchronous, it need not survive.
    DATABASES["default"]["TEST"] = {
        "NAME": Path(tempfile.gettempdir()) / f"agenturclient-test-{os.getpid()}.sqlite3"
    }
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA foreign_keys=ON",
    }
else:  # the options are production's, and the user may make this one database only
    DATABASES["default"]["TEST"] = {"NAME": DATABASES["default"]["NAME"]}
