"""The parts of scripts/bench.py: each measures one thing of ours beside its peer, in the same run.

Nothing here is part of the service. A part has a ``FULL`` and a ``QUICK`` effort, and a
``measure(effort)`` that returns a :class:`~benchmarks.results.Section`::

    http_rates        answers a second and CPU, against a constant answer and against PostGIS a request
    single_questions  one nearest-station question at national size, against GeoPandas
    bulk_nearest      a million demand points at once, against bare scipy
    city_coverage     who is covered at one hour, in the core
    coverage_matrix   who is covered in every hour of the week, by service and group
    siting            where new stations help most, on published instances
    streets           travel along a city's streets, beside bare scipy
    front_page        weight and smoothness of the first page in a real browser
"""
