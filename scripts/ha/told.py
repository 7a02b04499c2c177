"""What `make ha` tells the person at the terminal: who runs, and how to break it."""

from collections.abc import Iterable, Iterator

from scripts.ha.processes import Server
from scripts.ha.site import Site
from scripts.keycloak.cluster import Cluster

Row = tuple[str, str, str]


def who_runs(site: Site, cluster: Cluster | None) -> str:
    """Each process with its number of the moment and what it serves."""
    rows = [*_shop_rows(site), *(_keycloak_rows(cluster) if cluster else ())]
    return "\n".join(["", *_columns([("process", "pid", ""), *rows])])


def how_to_break_it(site: Site, pid: int) -> str:
    """Commands for another terminal. `pid` is the program's own."""
    web = site.webs.members[0]
    drained = web.drain_file if isinstance(web, Server) else ""
    commands = [
        ("kill -9 PID", "any of these, also several: it is started again"),
        (f"touch {drained}", f"{web.name} drains: the proxy leaves it out until the file is gone"),
        (f"kill -USR1 {pid}", "rolls out: all assets, web and recover are replaced one by one"),
        (f"kill -STOP {web.pid}", f"{web.name} hangs (kill -CONT {web.pid} ends it)"),
    ]
    lines = _columns(commands)
    return "\n".join(["", "Break it, in another terminal:", *lines, ""])


def _shop_rows(site: Site) -> Iterator[Row]:
    yield "proxy", str(site.proxy.pid), site.address
    for workload in (site.webs, site.recovers, site.assets):
        for each in workload.members:
            yield each.name, str(each.pid), f"port {each.port}" if each.port else ""
    if site.sandbox is not None:
        yield "sandbox", str(site.sandbox.pid), f"{site.distributor_address}/ (its books)"
    yield "MariaDB", str(site.database.pid), f"port {site.database.port}"


def _keycloak_rows(cluster: Cluster) -> Iterator[Row]:
    yield "keycloak proxy", str(cluster.proxy.pid), cluster.address
    for node in cluster.nodes:
        yield f"keycloak {node.name}", str(node.pid), node.address
    yield "keycloak MariaDB", str(cluster.database.pid), f"port {cluster.database.port}"


def _columns(rows: Iterable[tuple[str, ...]]) -> list[str]:
    table = list(rows)
    widths = [max(len(cell) for cell in column) for column in zip(*table, strict=True)]
    lines = [[cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in table]
    return ["  " + "  ".join(line).rstrip() for line in lines]
