extension TelemetryBatch {
    /// The most publishes of a site that may be unconfirmed at a time: it bounds what the cloud must remember.
    public static let window = 256
}
