"""healthchecks-io reports an exit code. Arguments: exit code, ping URL."""

import sys

import healthchecks_io

code, url = sys.argv[1:3]
base, key = url.rsplit("/", 1)
ok, text = healthchecks_io.Client(ping_url=f"{base}/").exit_code_ping(int(code), uuid=key, data="é" * 60_000)
assert (ok, text) == (True, "OK"), (ok, text)
