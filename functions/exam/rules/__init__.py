"""What is true of exams, whoever asks: pure, and handed the time."""
