"""The Markdown editor of the admin: a form field with its widget, and the two views it talks to."""
