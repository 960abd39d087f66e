"""Charts as geometry: numbers in, places and paths of an SVG out. No words of ours, no colours, no markup.

Every chart has a picture's width and height in units in which text is 16 high, so that a page shows it no smaller than
that. ``templates/planner/charts.html`` draws them; ``static/css/charts.css`` has their look, dark and on paper too.
"""

from mapapp.services.charts.bar_chart import BarChart, BarRow, BarValue, bar_chart
from mapapp.services.charts.line_chart import Line, LineChart, LineMark, LineSeries, line_chart
from mapapp.services.charts.scale import Scale, Tick
from mapapp.services.charts.week_heat import HEAT_LEVELS, HeatRow, WeekHeat, WeekShares, week_heat

__all__ = [
    "HEAT_LEVELS",
    "BarChart",
    "BarRow",
    "BarValue",
    "HeatRow",
    "Line",
    "LineChart",
    "LineMark",
    "LineSeries",
    "Scale",
    "Tick",
    "WeekHeat",
    "WeekShares",
    "bar_chart",
    "line_chart",
    "week_heat",
]
