import Avro

/// Which versions of a subject a new version must be compatible with, and in which direction. The names are those of
/// Confluent's API.
enum CompatibilityLevel: String, Codable, CaseIterable {
    case none = "NONE"
    case backward = "BACKWARD"
    case backwardTransitive = "BACKWARD_TRANSITIVE"
    case forward = "FORWARD"
    case forwardTransitive = "FORWARD_TRANSITIVE"
    case full = "FULL"
    case fullTransitive = "FULL_TRANSITIVE"

    /// Every version counts, not just the latest.
    var isTransitive: Bool { rawValue.hasSuffix("_TRANSITIVE") }
    /// The new schema must read what was written with the older ones.
    private var looksBack: Bool { rawValue.hasPrefix("BACKWARD") || rawValue.hasPrefix("FULL") }
    /// The older schemas must read what is written with the new one.
    private var looksAhead: Bool { rawValue.hasPrefix("FORWARD") || rawValue.hasPrefix("FULL") }

    /// The reasons why this level forbids `schema` as the successor of `versions`.
    func problems(_ schema: AvroSchema, after versions: [(number: Int32, schema: RegisteredSchema)]) -> [String] {
        guard self != .none else { return [] }
        return versions.flatMap { version -> [String] in
            guard let older = version.schema.parsed else { return ["version \(version.number) is not Avro"] }
            let back = looksBack ? SchemaCompatibility.problems(writer: older, reader: schema) : []
            let ahead = looksAhead ? SchemaCompatibility.problems(writer: schema, reader: older) : []
            return back.map { "the new schema does not read version \(version.number): \($0)" }
                + ahead.map { "version \(version.number) does not read the new schema: \($0)" }
        }
    }
}

/// Which changes are allowed to a subject, or to all subjects.
enum RegistryMode: String, Codable {
    case readWrite = "READWRITE"
    case readOnly = "READONLY"
    /// Schemas come with the ids of another registry, and are not compared with each other.
    case importing = "IMPORT"
}
