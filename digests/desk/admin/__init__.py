"""The admin. `site.DeskSite` says what it shows; nothing registers itself."""
