/// Why a store did not do what was asked.
public enum ObjectStoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// There is no such object, or no such upload.
    case notFound(String)
    /// The store can't be reached, is full, or says that it can't answer now. The same may work later.
    case unavailable(String)
    /// The store does not do this: the range lies outside, a part is too small, the bucket or the right to use it is missing.
    case refused(String)
    /// The bytes are not those that their size or their SHA-256 says: of an object in the store, or of one that was to be put there.
    case corrupt(String)

    public var description: String {
        switch self {
        case .notFound(let what): "not found: \(what)"
        case .unavailable(let reason): "the object store is not available: \(reason)"
        case .refused(let reason): "the object store refuses: \(reason)"
        case .corrupt(let reason): "corrupt: \(reason)"
        }
    }
}
