"""The table a file becomes, and how text and frames are kept."""
