// The presets over HTTP. test/unit/health/rules.test.ts and test/integration/health/rules.test.ts hold what they decide.
import './stories/rules.ts';
