"""What organisers do. To everybody else none of it exists."""
