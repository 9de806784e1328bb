"""What photographs of two visits show. The pictures are looked at and forgotten: nothing of them is kept anywhere."""
