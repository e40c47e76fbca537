"""Exports one metric of each kind in two rounds, configured by nothing but the environment. Its argument begins their names."""

import sys

from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.metrics import Observation
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.metrics.view import ExponentialBucketHistogramAggregation, View

prefix = sys.argv[1]
exponential = View(
    instrument_name=f"{prefix}.size", aggregation=ExponentialBucketHistogramAggregation()
)
reader = PeriodicExportingMetricReader(OTLPMetricExporter(), export_interval_millis=3_600_000)
provider = MeterProvider(metric_readers=[reader], views=[exponential])
meter = provider.get_meter("shop")

counter = meter.create_counter(f"{prefix}.orders")
queue = meter.create_up_down_counter(f"{prefix}.queue")
meter.create_observable_gauge(f"{prefix}.temperature", callbacks=[lambda _: [Observation(21.5)]])
wait = meter.create_histogram(f"{prefix}.wait", unit="ms")
size = meter.create_histogram(f"{prefix}.size", unit="By")

for first in (0, 1):
    counter.add(3, {"country": "de"})
    queue.add(5 - 7 * first)
    for value in range(first, 100, 2):
        wait.record(value)
        size.record(value)
    if not provider.force_flush():
        sys.exit("the export failed")
provider.shutdown()
