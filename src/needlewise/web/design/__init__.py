"""Look and feel: tokens, components, the three signature drawings."""
