import Commands
import EventSchema
import Foundation
import Identifiers

/// Which work orders one command is for.
struct BulkItem: Input {
    var id: WorkOrderID
    var version: Int64?

    static let rules: Rules = [
        "version": .whole(1...Int64.max).means(
            "The version that the client read last; another current version is a conflict"
        )
    ]
}

/// The same move of many work orders.
struct BulkMove: Input {
    var items: [BulkItem]
    var move: MoveWorkOrder?

    static let rules: Rules = ["items": BulkItem.list, "move": .means("What the move needs; it is the same for all")]

    func check(_ errors: inout FieldErrors) {
        BulkItem.check(items, &errors)
        errors.require(move?.version == nil, "move.version", .versionOfAll)
    }
}

/// The same change of many work orders.
struct BulkChange: Input {
    var items: [BulkItem]
    var change: ChangeWorkOrder

    static let rules: Rules = ["items": BulkItem.list, "change": .means("The fields to change; the same for all")]

    func check(_ errors: inout FieldErrors) {
        BulkItem.check(items, &errors)
        errors.require(change.version == nil, "change.version", .versionOfAll)
    }
}

extension BulkItem {
    /// One request's rows are locked until all of them are decided: few enough that nobody waits long for one of them.
    static let maximum = 100

    fileprivate static let list = Rule.items(1...maximum).means("Which work orders, each of them once")

    fileprivate static func check(_ items: [BulkItem], _ errors: inout FieldErrors) {
        let isRepeated = Set(items.map(\.id)).count < items.count
        errors.require(!isRepeated, "items", .repeatedItem)
    }
}

extension FieldRule {
    fileprivate static let repeatedItem = FieldRule(code: "repeated_item", "must name each record once")
    fileprivate static let versionOfAll = FieldRule(
        code: "version_of_all",
        "must be left out: each item has a version of its own"
    )
}
