// Imported first: what functions log and measure in a simulated world would drown what it has to say.
Object.assign(process.env, { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' });
