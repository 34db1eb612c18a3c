"""What the commands in ``setup/`` share. Standard library only: a fresh machine has nothing else."""
