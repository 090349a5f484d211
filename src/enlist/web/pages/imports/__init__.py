"""Pages of imports and presets."""
