"""What holds of exams, whoever asks: pure, and handed the time."""
