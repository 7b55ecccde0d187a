"""What can happen to a draft, one file per family of verbs. Every public function is one transaction."""
