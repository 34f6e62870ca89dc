"""Fuzzing: what comes out of hostile input is a sound result or a `ToolkitError`, soon, and nothing else."""
