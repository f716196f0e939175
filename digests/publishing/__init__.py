"""What readers may see: checking, publishing, scheduling, withdrawing and correcting a day."""
