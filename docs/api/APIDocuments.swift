public import Commands

/// The committed OpenAPI documents of the services, as the gateway needs them: one for each service that it forwards to.
public enum APIDocuments {
    /// The names of the services, sorted.
    public static let names = EmbeddedFiles.all.map(\.name)

    /// The documents by the name of their service.
    public static func committed() throws -> [String: JSONValue] {
        try Dictionary(
            uniqueKeysWithValues: EmbeddedFiles.all.map { ($0.name, try JSONReader.read(Array($0.text.utf8))) }
        )
    }
}
