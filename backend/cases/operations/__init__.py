"""What can happen to a case, one file per family of verbs. Every public function is one transaction."""
