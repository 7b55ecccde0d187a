"""XDatenfelder, the state's own form definitions: read them, turn them into a service package, write back."""
