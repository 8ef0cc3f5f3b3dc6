import EventSchema
import Foundation
import Identifiers
import TestSupport

@testable import WorkOrders

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
    /// A valid work order in `status`, assigned to Anna.
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
