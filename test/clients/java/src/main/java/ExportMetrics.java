import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.Aggregation;
import io.opentelemetry.sdk.metrics.InstrumentSelector;
import io.opentelemetry.sdk.metrics.View;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Exports one metric of each kind in two rounds, configured by nothing but the environment. Its argument begins their names. */
public final class ExportMetrics {
  public static void main(String[] args) {
    var prefix = args[0];
    var exponential = View.builder().setAggregation(Aggregation.base2ExponentialBucketHistogram()).build();
    var sdk =
        AutoConfiguredOpenTelemetrySdk.builder()
            .addPropertiesSupplier(
                () -> Map.of("otel.traces.exporter", "none", "otel.logs.exporter", "none", "otel.metric.export.interval", "3600000"))
            .addMeterProviderCustomizer(
                (provider, config) ->
                    provider.registerView(InstrumentSelector.builder().setName(prefix + ".size").build(), exponential))
            .build()
            .getOpenTelemetrySdk();
    Meter meter = sdk.getMeter("shop");
    var orders = meter.counterBuilder(prefix + ".orders").build();
    var queue = meter.upDownCounterBuilder(prefix + ".queue").build();
    meter.gaugeBuilder(prefix + ".temperature").buildWithCallback(observer -> observer.record(21.5));
    var wait = meter.histogramBuilder(prefix + ".wait").setUnit("ms").build();
    var size = meter.histogramBuilder(prefix + ".size").setUnit("By").build();

    for (int first = 0; first < 2; first++) {
      orders.add(3, Attributes.builder().put("country", "de").build());
      queue.add(5 - 7L * first);
      for (int value = first; value < 100; value += 2) {
        wait.record(value);
        size.record(value);
      }
      var flushed = sdk.getSdkMeterProvider().forceFlush().join(30, TimeUnit.SECONDS);
      if (!flushed.isSuccess()) {
        System.exit(1);
      }
    }
    sdk.close();
  }
}
