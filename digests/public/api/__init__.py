"""The API's routers and schemas; `newsroom.api` puts them together."""
