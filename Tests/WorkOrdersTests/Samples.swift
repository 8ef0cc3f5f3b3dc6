import Access
import EventSchema
import Foundation
import Identifiers
import TestSupport

@testable import WorkOrders

extension UserID {
    static let carla = UserID.sample(3)
    static let dan = UserID.sample(4)
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
    /// A valid work order in `status`, assigned to Anna, that waits for nothing.
    static func sample(_ status: WorkOrderStatus) -> WorkOrder { sample(in: WorkOrderPhase(status, isAssigned: true)) }

    /// A valid work order in `phase`, which Bo has asked for and Anna does.
    static func sample(in phase: WorkOrderPhase) -> WorkOrder {
        let status = phase.status
        let hasStarted = [.inProgress, .onHold, .completed].contains(status)
        var order = WorkOrder(
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
            assignedTo: phase == .scheduled ? nil : .anna,
            workedBy: hasStarted ? [.anna] : [],
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
        order.enter(phase)
        return order
    }

    func moved(
        _ transition: Transition,
        _ move: MoveWorkOrder = MoveWorkOrder(reason: "The part is missing"),
        by user: UserID?,
        at now: Date,
        under policy: WorkPolicy = WorkPolicy()
    ) throws(Refusal) -> Decision {
        try moved(transition, move, Terms(by: user, at: now, under: AttributeRules(), Facts(policy: policy)))
    }
}
