"""What the trials say: by indication, study, claim and source, each leading to what it rests on."""
