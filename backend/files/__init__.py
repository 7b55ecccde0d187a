"""Files: documents on disk, each encrypted with the key of its case."""
