// The first stories read the status of everything, so they want a product in which nothing has happened.
import './stories/monitors.ts';
import './stories/metrics.ts';
