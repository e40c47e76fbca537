"""Runs one job that succeeds or fails, reported by one of three clients of healthchecks.io. Arguments: client, outcome, ping URL."""

import sys

import healthchecks_io
from healthchecks_decorator import healthcheck
from healthchecks_wrapper import HealthCheck

client, outcome, url = sys.argv[1:4]
base, key = url.rsplit("/", 1)


def work():
    if outcome == "fails":
        raise RuntimeError("the disk is full")
    return "12 rows"


@healthcheck(url=url, send_start=True, send_diagnostics=True)
def decorated():
    return work()


try:
    if client == "healthchecks-decorator":
        decorated()
    elif client == "healthchecks-wrapper":
        with HealthCheck(url):
            work()
    else:
        pings = healthchecks_io.Client(ping_url=f"{base}/")
        with healthchecks_io.CheckTrap(pings, uuid=key) as trap:
            trap.add_log("12 rows")
            work()
except RuntimeError:
    assert outcome == "fails"
