"""What is true: identifiers, rows, facts, state tables, rules. Imports `app.errors` and itself only."""
