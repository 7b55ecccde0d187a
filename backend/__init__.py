"""The Django side of Laufzettel: everything that meets HTTP, tables or third parties."""
