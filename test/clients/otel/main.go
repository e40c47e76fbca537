// Exports one metric of each kind in two rounds, configured by nothing but the environment. Its argument begins their names.
package main

import (
	"context"
	"log"
	"os"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetrichttp"
	"go.opentelemetry.io/otel/metric"
	sdk "go.opentelemetry.io/otel/sdk/metric"
)

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func main() {
	ctx := context.Background()
	prefix := os.Args[1]
	exporter := must(otlpmetrichttp.New(ctx))
	provider := sdk.NewMeterProvider(
		sdk.WithReader(sdk.NewPeriodicReader(exporter, sdk.WithInterval(time.Hour))),
		sdk.WithView(sdk.NewView(
			sdk.Instrument{Name: prefix + ".size"},
			sdk.Stream{Aggregation: sdk.AggregationBase2ExponentialHistogram{MaxSize: 160, MaxScale: 20}},
		)),
	)
	meter := provider.Meter("shop")

	orders := must(meter.Int64Counter(prefix + ".orders"))
	queue := must(meter.Int64UpDownCounter(prefix + ".queue"))
	must(meter.Float64ObservableGauge(prefix+".temperature", metric.WithFloat64Callback(
		func(_ context.Context, observer metric.Float64Observer) error {
			observer.Observe(21.5)
			return nil
		},
	)))
	wait := must(meter.Float64Histogram(prefix+".wait", metric.WithUnit("ms")))
	size := must(meter.Float64Histogram(prefix+".size", metric.WithUnit("By")))

	for first := 0; first < 2; first++ {
		orders.Add(ctx, 3, metric.WithAttributes(attribute.String("country", "de")))
		queue.Add(ctx, int64(5-7*first))
		for value := first; value < 100; value += 2 {
			wait.Record(ctx, float64(value))
			size.Record(ctx, float64(value))
		}
		if err := provider.ForceFlush(ctx); err != nil {
			log.Fatal(err)
		}
	}
	if err := provider.Shutdown(ctx); err != nil {
		log.Fatal(err)
	}
}
