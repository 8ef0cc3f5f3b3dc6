import EventSchema
import Foundation

/// The record within which a device's changes are decided in the order in which they were made.
///
/// A work order can be completed when its tasks are done: they share the partition key, or the completion may be decided first.
enum Aggregate {
    static func of(_ entity: SyncEntity, _ id: String, parent: String?) -> String {
        let record =
            switch entity {
            // A task without a work order is refused by the owner, whatever its key.
            case .task: parent ?? id
            case .workOrder, .asset, .site, .unknown: id
            }
        // The same id may be written in capitals.
        return UUID(uuidString: record)?.uuidString.lowercased() ?? record
    }
}
