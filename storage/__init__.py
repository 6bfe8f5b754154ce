"""What is kept. No Telegram."""
