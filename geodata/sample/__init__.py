"""Sample data: invented stations and modelled demand, so that the software can be tried at once.

No fact about a real place is invented: stations are called 示例, stand nowhere in particular, have no
street and no telephone. Everything carries its sample flag. The same seed gives the same data on every
machine: numpy's PCG64, separate streams for separate concerns, coordinates rounded to 6 decimals.
"""

from geodata.sample.demand import sample_demand
from geodata.sample.seed import SAMPLE_SEED
from geodata.sample.stations import sample_stations

__all__ = ["SAMPLE_SEED", "sample_demand", "sample_stations"]
