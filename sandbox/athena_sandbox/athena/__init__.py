"""The Athena service: its API, executions, statements, results, workgroups."""
