import Commands
import EventSchema
import Foundation
import Identifiers
import ServiceKit

/// Work orders as a table, a part at a time.
struct WorkOrderExport: StreamedAnswer {
    struct Part: Sendable {
        var orders: [WorkOrder]
        var assets: [AssetID: String]
        /// Where the next part begins; `nil` of the last one.
        var next: WorkOrderPosition?
    }

    static func content() -> AnswerContent { .text("text/csv") }

    let part: @Sendable (_ after: WorkOrderPosition?) async throws -> Part

    var headers: [String: String] {
        [
            "Content-Type": "text/csv; charset=utf-8",
            "Content-Disposition": "attachment; filename=\"work-orders.csv\"",
        ]
    }

    func write(to send: ([UInt8]) async throws -> Void) async throws {
        var bytes = Array(CSVLine.byteOrderMark.utf8)
        CSVLine.append(Self.columns.map(\.name), to: &bytes)
        var position: WorkOrderPosition?
        repeat {
            let part = try await part(position)
            for order in part.orders { CSVLine.append(Self.columns.map { $0.value(order, part.assets) }, to: &bytes) }
            try await send(bytes)
            bytes = []
            position = part.next
        } while position != nil
    }

    private typealias Column = (name: String, value: @Sendable (WorkOrder, [AssetID: String]) -> String?)

    private static let columns: [Column] = [
        ("number", { order, _ in order.number }),
        ("title", { order, _ in order.title }),
        ("description", { order, _ in order.description }),
        ("type", { order, _ in order.type.rawValue }),
        ("priority", { order, _ in order.priority.rawValue }),
        ("status", { order, _ in order.status.rawValue }),
        ("phase", { order, _ in order.phase.rawValue }),
        ("siteId", { order, _ in order.site.description }),
        ("asset", { order, assets in assets[order.asset] }),
        ("assetId", { order, _ in order.asset.description }),
        ("assignedTo", { order, _ in order.assignedTo?.description }),
        ("requiredSkills", { order, _ in order.requiredSkills.joined(separator: "; ") }),
        ("scheduledStart", { order, _ in order.scheduledStart?.rfc3339 }),
        ("scheduledEnd", { order, _ in order.scheduledEnd?.rfc3339 }),
        ("actualStart", { order, _ in order.actualStart?.rfc3339 }),
        ("actualEnd", { order, _ in order.actualEnd?.rfc3339 }),
        ("origin", { order, _ in order.origin.rawValue }),
        ("createdAt", { order, _ in order.createdAt.rfc3339 }),
        ("updatedAt", { order, _ in order.updatedAt.rfc3339 }),
        ("id", { order, _ in order.id.description }),
    ]
}
