import EventSchema
import Foundation
import Identifiers

@testable import WorkOrders

extension Date {
    /// 2026-06-01T12:00:00Z.
    static let noon = Date(timeIntervalSince1970: 1_780_315_200)
}

extension Identifier {
    /// A readable, fixed identifier for tests.
    static func sample(_ number: UInt8) -> Identifier {
        Identifier(UUID(uuid: (0, 0, 0, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, number)))
    }
}

extension UserID {
    static let anna = UserID.sample(1)
    static let bo = UserID.sample(2)
}

extension TenantID {
    static let sunfield = TenantID.sample(10)
    static let windward = TenantID.sample(11)
}

extension AssetReplica {
    static let inverter = AssetReplica(
        id: .sample(20),
        tenant: .sunfield,
        site: .sample(30),
        code: "INV-2",
        status: .operational
    )
}

extension WorkOrder {
    /// A legal work order in `status`, assigned to Anna.
    static func sample(_ status: WorkOrderStatus) -> WorkOrder {
        let hasStarted = [.inProgress, .onHold, .completed].contains(status)
        return WorkOrder(
            id: .sample(40),
            tenant: .sunfield,
            number: "WO-2026-000001",
            title: "Inverter overheating",
            description: nil,
            type: .emergency,
            priority: .critical,
            status: status,
            site: AssetReplica.inverter.site,
            asset: AssetReplica.inverter.id,
            assignedTo: .anna,
            scheduledStart: status == .scheduled ? .noon : nil,
            scheduledEnd: nil,
            actualStart: hasStarted ? .noon - 3600 : nil,
            actualEnd: status == .completed ? .noon - 60 : nil,
            origin: .person,
            originID: nil,
            tasks: [],
            createdAt: .noon - 7200,
            createdBy: .bo,
            updatedAt: .noon - 3600,
            version: 3
        )
    }
}
