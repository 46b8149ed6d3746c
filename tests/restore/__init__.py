"""A mail host is destroyed and comes back from its backup; scenario `restore` has the hosts for it."""
