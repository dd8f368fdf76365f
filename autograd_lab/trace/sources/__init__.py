"""Where traces come from: one module per library that can be watched."""
