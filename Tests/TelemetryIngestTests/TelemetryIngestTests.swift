// tests of TelemetryIngest
