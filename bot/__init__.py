"""The process: what is around the conversations."""

import os

# python-telegram-bot then hands out times as timedelta; else reading one warns.
os.environ.setdefault("PTB_TIMEDELTA", "1")
