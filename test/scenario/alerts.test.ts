import './stories/silence.ts';
import './stories/bell.ts';
import './stories/incidents.ts';
import './stories/noise.ts';
