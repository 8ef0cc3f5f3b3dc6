import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Postgres
import TestSupport
import Testing

@testable import WorkOrders

/// Which states of an asset admit which types of work.
@Suite struct AssetStateTests {
    /// Written out once more: what is not here is admitted.
    private static let refused: [(AssetStatus, WorkOrderType)] =
        [(.down, .predictive)] + WorkOrderType.allCases.map { (.decommissioned, $0) }

    private static func code(_ status: AssetStatus, _ type: WorkOrderType) -> String? {
        guard refused.contains(where: { $0 == (status, type) }) else { return nil }
        return status == .decommissioned ? "asset_decommissioned" : "work_not_admitted"
    }

    @Test func everyStateHasItsTypes() {
        for status in AssetStatus.allCases {
            #expect(AssetStatus.work[status] != nil, "\(status)")
            for type in WorkOrderType.allCases {
                #expect(status.admits(type) == (Self.code(status, type) == nil), "\(status) \(type)")
            }
        }
        // What a newer version of the assets says is no reason to refuse work.
        #expect(AssetStatus.unknown.admits(.predictive))
    }

    /// Each cell, for each move that asks for it, and for those that do not.
    @Test func movesAskForItWherePlansBecomeWork() throws {
        let asking: Set<Transition> = [.submit, .schedule, .start]
        let policy = WorkPolicy(approval: .init(when: .always), verification: .init(when: .always))
        let move = MoveWorkOrder(reason: "A test", assignedTo: .anna, scheduledStart: .noon)
        for status in AssetStatus.allCases {
            for type in WorkOrderType.allCases {
                for (phase, transition, target) in WorkOrderTransitionTests.legal {
                    var order = WorkOrder.sample(in: phase)
                    order.type = type
                    var facts = Facts(policy: policy)
                    facts.asset = AssetFacts(code: "INV-2", status: status)
                    let terms = Terms(by: .carla, at: .noon, facts)
                    let cell = "\(transition) \(type) while \(status)"
                    guard asking.contains(transition), Self.code(status, type) != nil else {
                        #expect(try order.moved(transition, move, terms).workOrder.phase == target, "\(cell)")
                        continue
                    }
                    let refusal: Refusal =
                        status == .decommissioned
                        ? .assetDecommissioned("INV-2") : .workNotAdmitted(type, "INV-2", status)
                    #expect(throws: refusal, "\(cell)") { try order.moved(transition, move, terms) }
                }
            }
        }
    }

    /// The same over HTTP and offline, with the codes that people get.
    @Test func theStateOfTheReplicaCounts() async throws {
        try await withWorkOrders { client, database in
            var doors = try await Doors(client, database)
            doors.task = TaskID.sample(60).description
            for (status, type) in Self.refused + [(.maintenance, .predictive), (.down, .emergency)] {
                try await database.of(.sunfield).execute(
                    "UPDATE assets SET status = \(status) WHERE id = \(AssetReplica.inverter.id)"
                )
                let code = Self.code(status, type)
                let created = try await client.send(
                    .post,
                    "/api/v1/workorders",
                    [
                        "assetId": AssetReplica.inverter.id.description, "title": "Look", "type": type.rawValue,
                        "priority": "low",
                    ]
                )
                #expect(created["code"] == code, "\(status) \(type): \(created.text)")
                for (phase, transition) in [(WorkOrderPhase.draft, Transition.submit), (.approved, .start)] {
                    try await doors.reset(to: phase)
                    try await database.of(.sunfield).execute("UPDATE work_orders SET type = \(type)")
                    let verdicts = try await doors.send(.move(transition), "{}")
                    #expect(verdicts.http == verdicts.sync, "\(status) \(type) \(transition)")
                    if case .accepted = verdicts.http { #expect(code == nil) } else { #expect(code != nil) }
                }
            }
            let problem = try await client.send(.get, "/api/v1/workorders/\(doors.orderOverHTTP)")
            #expect(problem.status == .ok)
        }
    }

    /// A prediction of what has failed by now is kept: it can be started when the asset runs again.
    @Test func whatAPredictionAsksForIsOpenedWhileTheAssetIsDown() async throws {
        try await withWorkOrders { client, database in
            try await database.of(.sunfield).execute("UPDATE assets SET status = 'down'")
            let request = WorkOrderRequested(
                request: .new(),
                tenant: .sunfield,
                site: AssetReplica.inverter.site,
                asset: AssetReplica.inverter.id,
                title: "The fan will fail",
                description: nil,
                type: .predictive,
                priority: .high,
                origin: .prediction,
                originID: "p",
                requestedAt: .noon
            )
            let consumer = RequestConsumer(store: WorkOrderStore(database: database))
            try await database.handle(request, of: .sunfield, by: consumer.handle)
            let order = "/api/v1/workorders/\(request.workOrder)"
            let assigned = try await client.send(
                .post,
                "\(order)/transitions/assign",
                ["assignedTo": UserID.anna.description]
            )
            #expect(assigned.status == .ok, "\(assigned.text)")
            let refused = try await client.send(.post, "\(order)/transitions/start")
            #expect((refused.status, refused["code"]) == (.conflict, "work_not_admitted"), "\(refused.text)")
            #expect(refused.parameters == ["asset": "INV-2", "assetStatus": "down", "workType": "predictive"])
            try await database.of(.sunfield).execute("UPDATE assets SET status = 'operational'")
            #expect(try await client.send(.post, "\(order)/transitions/start").status == .ok)
        }
    }
}
