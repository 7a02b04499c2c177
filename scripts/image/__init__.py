"""The image without a container engine: the Dockerfile's own lines, run in plain folders."""
