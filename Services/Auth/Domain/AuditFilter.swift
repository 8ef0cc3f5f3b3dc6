import Commands
import Foundation
import Identifiers

/// Which entries of the audit log somebody wants to see: those that match everything that is given.
struct AuditFilter: Input, Encodable {
    var userId: UserID?
    var service: String?
    var action: String?
    var resourceType: String?
    var resourceId: String?
    /// Inclusive.
    var from: Date?
    /// Exclusive.
    var to: Date?

    static let rules: Rules = [
        "userId": .means("Who did it"),
        "service": .line(1...64).example("work-orders"),
        "action": .line(1...64).example("WORKORDER_UPDATED"),
        "resourceType": .line(1...64).means("What was changed; with `resourceId`, one record").example("workorder"),
        "resourceId": .line(1...200),
        "from": .means("Entries of this time or later"),
        "to": .means("Entries before this time"),
    ]

    func check(_ errors: inout FieldErrors) {
        if let from, let to { errors.require(from < to, "to", .after("from")) }
        if resourceId != nil {
            errors.require(resourceType != nil, "resourceType", .goesWith("resourceId", "is required with resourceId"))
        }
    }
}
