"""The desk: the editors' screens, which the AdminSite mounts. `urls` says where each is."""
