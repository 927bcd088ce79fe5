"""From the outside world to items, through the verbs."""
