"""A local stand-in for the parts of AWS that a cross-account Athena client talks to."""
