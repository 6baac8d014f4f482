"""What is measured, and how: one file a claim, each against a bare or rival implementation in the same run."""
