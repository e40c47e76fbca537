"""prometheus_client parses what Tocsin exposes. Arguments: address, machine key, the name of a metric that is there."""

import sys
from urllib.request import Request, urlopen

from prometheus_client.parser import text_string_to_metric_families

base, key, name = sys.argv[1:4]
for path, wanted in (("/api/monitoring/metrics", name), ("/metrics", "alertmanager_build_info")):
    request = Request(base + path, headers={"Authorization": f"Bearer {key}", "Accept": "text/plain"})
    with urlopen(request) as answer:
        families = list(text_string_to_metric_families(answer.read().decode()))
    assert wanted in [family.name for family in families], (path, [family.name for family in families])
