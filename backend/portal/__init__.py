"""Portal: pages of the installation itself, without JavaScript. Now: signing in, stepping up, signing out."""
