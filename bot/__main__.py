"""`python -m bot`: the command line stands in `command_line.py`."""

import signal
import sys

# Loading takes a second. Nothing has begun by then that must be put in order: Ctrl-C ends it without a traceback.
signal.signal(signal.SIGINT, signal.SIG_DFL)

from bot.command_line import main  # noqa: E402 - after the line above, for whoever is impatient

sys.exit(main())
