"""The adapter to any distributor that speaks OSDM 3.x (UIC 90918-10), set up by settings alone."""
