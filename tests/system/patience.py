"""How long is waited for what another process does."""

# Seconds. Only what is dead keeps anybody waiting for so long: a machine with many other things to do does not.
PATIENCE = 180.0
