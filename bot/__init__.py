"""The process: what is around the conversations."""

import os
import sys

if sys.version_info < (3, 11):  # noqa: UP036 - whoever runs an older one is to read this line, not a traceback
    sys.stderr.write(f"Python 3.11 or newer is needed; this is {sys.version_info[0]}.{sys.version_info[1]}.\n")
    sys.exit(2)

# python-telegram-bot then hands out times as timedelta; else reading one warns.
os.environ.setdefault("PTB_TIMEDELTA", "1")
