"""What writes documents and pictures of the app, and compares versions."""
