"""What a reader sees, in a real browser: tests that share one chromium and its JupyterLabs."""
