#!/usr/bin/env python3
"""Who is covered in a whole country at one moment: many stations, millions of demand points, several processes.

``analyse_national.py --stations SOURCE… --demand SOURCE… [--out FOLDER]``. Stations come from a database's address
or from files as the import reads them, demand from CSV or Parquet; ``invented:N`` makes either up. The demand is
sorted by H3 cell on disk and tallied by worker processes of this machine, or of a dask cluster (``--scheduler``).
docs/national.md says how. Exit codes: 0 done, 1 done but some rows were left out, 2 the input cannot be used, 3 the
cluster failed.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from installation.own_python import can_go_on

if TYPE_CHECKING:
    from geodata.coverage.national.demand_files import Refused
    from national.running import Outcome

NEEDED = ("distributed", "h3", "pandas", "scipy", "sqlalchemy")
SOME_LEFT_OUT, UNUSABLE, CLUSTER_FAILED = 1, 2, 3


def main() -> int:
    """Parse, make sure of the requirements, analyse; the exit code."""
    options = parse_options()
    if not can_go_on(NEEDED):
        return UNUSABLE
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    return analyse(options)


def parse_options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="全国覆盖分析 / Coverage of a whole country")
    add_data(parser)
    add_question(parser)
    add_run(parser)
    options = parser.parse_args()
    if options.scheduler and options.workers is not None:
        parser.error("--scheduler and --workers exclude each other / 二者只能选一")
    if options.part_points < 1 or (options.workers is not None and options.workers < 0):
        parser.error("--part-points must be above 0, --workers at least 0")
    return options


def add_data(parser: argparse.ArgumentParser) -> None:
    """Where the stations and the demand are read."""
    source = parser.add_argument_group("数据 / data")
    source.add_argument(
        "--stations",
        nargs="+",
        required=True,
        metavar="SOURCE",
        help="数据库地址、文件或 / database URL, files, invented:N",
    )
    source.add_argument(
        "--demand", nargs="+", required=True, metavar="SOURCE", help="CSV、Parquet 或 / CSV, Parquet, invented:N"
    )
    crs = ["wgs84", "gcj02", "bd09"]
    source.add_argument("--stations-crs", choices=crs, help="站点文件的坐标系 / of station files")
    source.add_argument("--demand-crs", choices=crs, default="wgs84", help="需求文件的坐标系 / of demand files (wgs84)")
    source.add_argument("--encoding", default="utf-8-sig", help="需求 CSV 的编码 / of demand CSV (utf-8-sig, gb18030)")
    source.add_argument("--seed", type=int, default=1, help="虚构需求的种子 / of invented demand (1)")


def add_question(parser: argparse.ArgumentParser) -> None:
    """Who counts as covered."""
    question = parser.add_argument_group("问题 / question")
    limit = question.add_mutually_exclusive_group()
    limit.add_argument("--within-m", type=float, metavar="M", help="直线米数 / metres in a straight line (1000)")
    limit.add_argument("--within-min", type=float, metavar="MIN", help="分钟 / minutes of travel")
    question.add_argument(
        "--mode", choices=["walk", "ebike", "car"], default="walk", help="与 --within-min 同用 (walk)"
    )
    question.add_argument("--at", metavar="ISO", help="时刻，默认现在 / the moment, 2026-11-18T10:00; by default now")
    question.add_argument("--timezone", default="Asia/Shanghai", help="(Asia/Shanghai)")
    question.add_argument(
        "--service", nargs="+", default=[], metavar="CODE", help="须有的服务 / services needed, all of them"
    )
    question.add_argument("--kind", nargs="+", default=[], metavar="CODE", help="站点类型 / kinds of stations")


def add_run(parser: argparse.ArgumentParser) -> None:
    """By which processes, in which parts, and where the answer goes."""
    run = parser.add_argument_group("运行 / how")
    run.add_argument(
        "--workers", type=int, help="本机进程数,0 为本进程 / processes here, 0: this one (number of cores)"
    )
    run.add_argument("--scheduler", metavar="tcp://HOST:PORT", help="已有的 dask 集群 / a dask cluster that runs")
    run.add_argument("--resolution", type=int, default=4, choices=range(3, 8), help="H3 级别 / of the cells (4)")
    run.add_argument(
        "--part-points", type=int, default=250_000, metavar="N", help="每份点数 / points of a part (250000)"
    )
    run.add_argument(
        "--scratch", type=Path, metavar="FOLDER", help="临时文件夹 / for temporary files, 24 bytes a point"
    )
    run.add_argument("--out", type=Path, metavar="FOLDER", help="结果文件夹 / where GeoJSON, CSV and JSON are written")


def analyse(options: argparse.Namespace) -> int:
    """Read, work out, write, print; the exit code."""
    from geodata.coverage.national.cluster import ClusterFailed
    from geodata.errors import GeodataError, UnreadableFile
    from national.running import work_out
    from national.sources import UnusableSource

    try:
        outcome = work_out(options, say)
        if options.out is not None:
            write(outcome, options.out)
    except UnreadableFile as refused:
        print(f"{refused.zh}\n{refused.en}", file=sys.stderr)
        return UNUSABLE
    except (UnusableSource, GeodataError, OSError) as refused:
        print(f"Error: {refused}", file=sys.stderr)
        return UNUSABLE
    except ClusterFailed as failed:
        print(f"集群出错 / the cluster failed: {failed}", file=sys.stderr)
        return CLUSTER_FAILED
    print(json.dumps(outcome.document(), ensure_ascii=False, indent=2))
    return SOME_LEFT_OUT if tell_refused(outcome.refused) else 0


def write(outcome: Outcome, folder: Path) -> None:
    """The three files."""
    from geodata.coverage.national.answer_files import write_answer

    for path in write_answer(folder, outcome.answer, outcome.about, outcome.origin):
        say(f"写入 / wrote {path}")


def tell_refused(refused: Refused) -> bool:
    """Name the first rows that were left out; whether there were any."""
    for file, line, reason in refused.named:
        print(f"{file}:{line}: {reason}", file=sys.stderr)
    if refused.count:
        counts = ", ".join(f"{reason} {count:,}" for reason, count in sorted(refused.counts.items()))
        print(f"略过 {refused.count:,} 行 / {refused.count:,} rows left out: {counts}", file=sys.stderr)
    return refused.count > 0


def say(text: str) -> None:
    """One line of progress, beside the answer."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
