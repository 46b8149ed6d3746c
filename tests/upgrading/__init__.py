"""A site that an older release provisioned is upgraded to this one, with mail flowing."""
