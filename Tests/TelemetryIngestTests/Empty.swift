// Tests of TelemetryIngest.
