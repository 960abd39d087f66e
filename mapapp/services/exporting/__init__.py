"""The register as files for spreadsheets and maps, which the import reads back without a difference."""
