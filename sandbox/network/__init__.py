"""The sandbox's railway: its stations, its lines and its search for connections.

Stations (UIC number, official abbreviation, name, coordinates) come from DiDok of
opentransportdata.swiss, passengers per working day and the kilometres of the lines from
data.sbb.ch; both may be used freely when the source is named. The timetable is ours and only
simulated: lines, minutes, platforms and train numbers are invented, and nobody should travel by it.
"""
