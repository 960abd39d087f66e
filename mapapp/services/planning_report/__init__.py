"""What a planner takes home: a run or a comparison as a report, a workbook, layers for a GIS, and pictures.

``content`` is a report without a format; ``from_answer`` and ``from_comparison`` make one of what a run found;
``page``, ``pdf``, ``workbook``, ``spatial`` and ``pictures`` write it; ``files`` knows which files there are.
"""
