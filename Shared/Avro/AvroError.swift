/// What went wrong with a schema or with bytes.
public enum AvroError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A schema that can't be understood.
    case schema(String)
    /// A value does not fit its schema; the path leads to the field.
    case mismatch(path: String, expected: String)
    /// Bytes that end too early, or impossible lengths and positions.
    case malformed(path: String, String)
    /// What was written with one schema can't be read with the other.
    case incompatible(path: String, String)

    public var description: String {
        switch self {
        case .schema(let what): "schema: \(what)"
        case .mismatch(let path, let expected): "\(path): must be \(expected)"
        case .malformed(let path, let what): "\(path): \(what)"
        case .incompatible(let path, let what): "\(path): \(what)"
        }
    }
}
