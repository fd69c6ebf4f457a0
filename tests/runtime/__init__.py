"""What surrounds the engine: directory, people file, notices, channels, attachments, clock."""
