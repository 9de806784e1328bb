"""Virtual trials: many virtual people, several ways of treating them, in chunks that anybody can compute in any order."""
