"""The default world's tables: real public data from packages, and tables of every type and edge."""
