"""The conversations: Telegram in, Telegram out. One conversation a file; they never import each other."""
