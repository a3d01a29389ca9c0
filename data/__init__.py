"""Everything about the reverse case flow that is true without a screen."""
