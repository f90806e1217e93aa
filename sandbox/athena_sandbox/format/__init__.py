"""Athena's own text and file formats: values, types, CSV bodies, metadata companions."""
