"""What holds when things go wrong: figures and how to repeat them in docs/reliability.md."""
