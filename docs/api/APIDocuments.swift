public import Commands

/// The committed OpenAPI documents of the services, as the gateway needs them: one for each service that it forwards to.
public enum APIDocuments {
    /// The documents by the name of their service.
    public static func committed() throws -> [String: JSONValue] {
        try files.mapValues { try JSONReader.read($0) }
    }

    private static let files: [String: [UInt8]] = [
        "assets": PackageResources.assets_json,
        "auth": PackageResources.auth_json,
        "ml-scoring": PackageResources.ml_scoring_json,
        "mobile-sync": PackageResources.mobile_sync_json,
        "notification": PackageResources.notification_json,
        "stream-processor": PackageResources.stream_processor_json,
        "work-orders": PackageResources.work_orders_json,
    ]
}
