"""Making items from outside material, through the verbs."""
