"""A pretend ticket distributor that speaks OSDM 3.x: a second program for development and tests.

It shares no code with the application, keeps its memory in one file, and sells nothing real:
network, timetable, tariff and tickets are simulated.
"""
