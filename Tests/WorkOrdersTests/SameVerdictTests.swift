import Access
import Commands
import EventSchema
import Identifiers
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import WorkOrders

/// The same bytes get the same verdict with the same message, whether they are sent over HTTP or were written offline.
@Suite struct SameVerdictTests {
    @Test(arguments: Command.Kind.allCases)
    func theSameBytesGetTheSameVerdict(kind: Command.Kind) async throws {
        try await withWorkOrders { client, database in
            let doors = try await Doors(client, database)
            var random = Seeded(8)
            for action in Action.all(of: kind) {
                var bodies = try action.bodies().all(&random, combinations: 20)
                // These bodies can't be combined with the name of a transition.
                if kind != .move { bodies += GeneratedBodies.malformed }
                var accepted = 0
                for body in bodies {
                    if try await verdictsAgree(doors, action, body, in: action.phase) { accepted += 1 }
                }
                // Otherwise the verdicts would not depend on the bodies.
                #expect(accepted > 0 && accepted < bodies.count, "\(action): \(accepted) of \(bodies.count)")
            }
        }
    }

    @Test(arguments: Command.Kind.allCases)
    func theVerdictIsTheSameInEveryState(kind: Command.Kind) async throws {
        try await withWorkOrders { client, database in
            let doors = try await Doors(client, database)
            for action in Action.all(of: kind) {
                let bodies = try action.bodies()
                for phase in WorkOrderPhase.allCases {
                    for body in [bodies.least, bodies.whole] {
                        try await verdictsAgree(doors, action, JSONValue.object(body).text(), in: phase)
                    }
                }
            }
        }
    }

    @Test(arguments: Command.Kind.allCases)
    func missingPermissionsAndUnknownRecordsGetTheSameVerdict(kind: Command.Kind) async throws {
        try await withWorkOrders { client, database in
            var doors = try await Doors(client, database)
            let roles: [String: [Permission]] = [
                "none": [], "updates": [.workOrderUpdate], "moves": [.workOrderExecute],
                "plans": [.workOrderSchedule, .workOrderReschedule],
                "assigns": [.workOrderAssign],
            ]
            for (role, permissions) in roles {
                client.authority.grant(role, permissions.map { Grant($0) })
            }
            for action in Action.all(of: kind) {
                let bodies = try action.bodies()
                let texts = [bodies.least, bodies.whole, bodies.whole.merging(["zz": 1]) { $1 }, ["assignedTo": "x"]]
                    .map {
                        JSONValue.object($0).text()
                    }
                for body in texts {
                    for role in roles.keys.sorted() {
                        doors.roles = [role]
                        try await verdictsAgree(doors, action, body, in: action.phase)
                    }
                    doors.roles = ["all"]
                    var elsewhere = doors
                    elsewhere.tenant = .windward
                    try await verdictsAgree(elsewhere, action, body, in: action.phase)
                    for id in ["x", WorkOrderID.new().description] {
                        var nowhere = doors
                        (nowhere.orderOverHTTP, nowhere.orderOverSync) = (id, id)
                        try await verdictsAgree(nowhere, action, body, in: action.phase)
                        var taskless = doors
                        taskless.task = id
                        try await verdictsAgree(taskless, action, body, in: action.phase)
                    }
                }
            }
        }
    }

    /// - Returns: Whether both accepted it.
    @discardableResult
    private func verdictsAgree(
        _ doors: Doors,
        _ action: Action,
        _ body: String,
        in phase: WorkOrderPhase
    ) async throws -> Bool {
        // A pending task would block completion with any body.
        try await doors.reset(
            to: phase,
            task: action == .move(.complete) && phase == action.phase ? .skipped : .pending
        )
        let (http, sync) = try await doors.send(action, body)
        #expect(http == sync, "\(action) when \(phase) by \(doors.roles): \(body.prefix(300))")
        if case .accepted = http { return true } else { return false }
    }
}
