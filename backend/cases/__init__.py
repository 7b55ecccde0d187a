"""Cases: one application's life in the authority, from submission to the notice."""
