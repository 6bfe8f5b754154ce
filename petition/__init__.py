"""What is signed. No Telegram, no database."""
