import EventSchema
import Foundation

/// The record within which a device's changes are decided in the order in which they were made.
///
/// A work order can be completed only when its tasks are done. They have the same partition key: otherwise the completion could be decided
/// first.
enum Aggregate {
    static func of(_ entity: SyncEntity, _ id: String, parent: String?) -> String {
        let record =
            switch entity {
            // The owner refuses a task without a work order, whatever its key is.
            case .task: parent ?? id
            case .workOrder, .asset, .site, .unknown: id
            }
        // The same id can be written in upper case.
        return UUID(uuidString: record)?.uuidString.lowercased() ?? record
    }
}
