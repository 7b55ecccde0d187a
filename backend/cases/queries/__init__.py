"""What can be read of a case, one file per reader. Every public function is one transaction."""
