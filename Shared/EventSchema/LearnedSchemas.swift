import Avro
import Synchronization

/// The schemas of events that other builds write and this one does not know: those of newer daemons while a fleet is upgraded, and
/// those of older ones after an event was taken out.
///
/// They come from the topic ``Topic/schemas``, where every daemon publishes at its start what it writes with.
public final class LearnedSchemas: Sendable {
    private enum Known {
        case entry(SchemaCatalog.Entry)
        /// A person has deleted it: it will not come, and waiting must end.
        case abandoned
    }

    private let schemas = Mutex<[Int32: Known]>([:])

    public init() {}

    /// Adds a schema.
    public func learn(_ entry: SchemaCatalog.Entry) {
        schemas.withLock { $0[entry.id] = .entry(entry) }
    }

    /// Marks a schema as one that will never be known.
    public func abandon(_ id: Int32) {
        schemas.withLock { $0[id] = .abandoned }
    }

    /// What is known of a schema; `nil` while it may still come.
    func entry(_ id: Int32) throws(EventDecodingError) -> SchemaCatalog.Entry? {
        switch schemas.withLock({ $0[id] }) {
        case .entry(let entry): return entry
        case .abandoned: throw .abandonedSchema(id)
        case nil: return nil
        }
    }

    /// Whether it is known, or given up.
    func isSettled(_ id: Int32) -> Bool {
        schemas.withLock { $0[id] != nil }
    }
}
