"""A local Telegram: the Bot API over HTTP and the people in front of it, for the demo and for tests."""
