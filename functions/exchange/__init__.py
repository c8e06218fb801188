"""Question banks and courses that come from elsewhere and go elsewhere: formats, imports and exports."""
