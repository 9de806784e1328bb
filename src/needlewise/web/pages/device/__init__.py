"""What a device does to the skin: a calculator of the dose. Nobody's data are in it, so its address can be kept."""
