"""How a table lies in its file: separators, records, headers, where its rows begin and end."""
