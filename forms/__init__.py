"""Forms: what is asked, what is valid, what the server believes. Pure: no Django, no I/O."""
