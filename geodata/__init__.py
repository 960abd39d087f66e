"""The geospatial core: stations, hours, travel, demand. Knows no request, no database row, no page."""
