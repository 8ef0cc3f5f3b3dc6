import Access
import Commands
import EventSchema
import Foundation
import Identifiers
import Messaging
import Postgres
import Responses
import ServiceKit
import TestSupport
import Testing

@testable import WorkOrders

/// Offline changes, which the work orders service decides.
@Suite struct SyncConsumerTests {
    @Test func aChangeOfTheCurrentVersionIsAccepted() async throws {
        try await withOrder { sync in
            let decided = try await sync.decide(.update, base: 1, .clientWins, "{\"title\":\"Fan is loose\"}")
            #expect((decided.verdict, decided.version) == (.accepted, 2))
            // The device has this record. Of a conflict it gets the server's.
            #expect(decided.server == nil)
            #expect(try await sync.order.title == "Fan is loose")
            let audit = try await sync.store.database.outbox(of: AuditRecorded.self).last
            #expect((audit?.action, audit?.user) == ("WORKORDER_UPDATED", .anna))
            #expect(audit?.cause == decided.change.description)
            #expect(audit?.changes?.contains("\"title\":[\"Inverter overheating\",\"Fan is loose\"]") == true)
        }
    }

    @Test func eachStrategyHandlesANewerVersionInItsWay() async throws {
        try await withOrder { sync in
            _ = try await sync.decide(.update, base: 1, .clientWins, "{\"priority\":\"low\"}")
            let server = try await sync.decide(.update, base: 1, .serverWins, "{\"title\":\"of the device\"}")
            #expect((server.verdict, server.version) == (.conflict, 2))
            #expect(server.reason == "the server has version 2")
            #expect(server.server?.contains("Inverter overheating") == true)
            let client = try await sync.decide(.update, base: 1, .clientWins, "{\"title\":\"of the device\"}")
            #expect((client.verdict, client.version) == (.accepted, 3))
            let task = TaskID.new()
            let merged = try await sync.decide(.create, task: task, base: 1, .merge, "{\"title\":\"Take photos\"}")
            #expect((merged.verdict, merged.version) == (.merged, 4))
            let order = try await sync.order
            // No change of anyone is lost.
            #expect((order.title, order.priority, order.tasks.map(\.id)) == ("of the device", .low, [task]))
        }
    }

    @Test func aNewTaskThatIsSentTwiceIsCreatedOnce() async throws {
        try await withOrder { sync in
            let task = TaskID.new()
            for _ in 0..<2 {
                let decided = try await sync.decide(
                    .create,
                    task: task,
                    base: nil,
                    .merge,
                    "{\"title\":\"Take photos\"}"
                )
                #expect(decided.verdict == .accepted)
            }
            #expect(try await sync.order.tasks.count == 1)
        }
    }

    /// Devices create task ids, so the id of another work order's task, even of another tenant, must not reach that task.
    @Test func aTaskWithTheIDOfAForeignTaskIsASeparateTask() async throws {
        try await withOrder { sync in
            let task = TaskID.new()
            _ = try await sync.decide(.create, task: task, base: nil, .merge, "{\"title\":\"Take photos\"}")
            _ = try await sync.decide(
                .update,
                task: task,
                base: nil,
                .merge,
                "{\"status\":\"completed\",\"notes\":\"done\"}"
            )
            let before = try await sync.order
            for (tenant, origin) in [(TenantID.sunfield, "second"), (.windward, "third")] {
                let other = try await sync.another(of: tenant, origin)
                let decided = try await other.decide(
                    .create,
                    task: task,
                    base: nil,
                    .merge,
                    "{\"title\":\"Mine\"}",
                    of: tenant
                )
                #expect(decided.verdict == .accepted)
                let tasks = try await sync.store.find(other.id, tenant: tenant, within: .tenant).tasks
                #expect(tasks.map(\.title) == ["Mine"])
                #expect(try await sync.order == before)
            }
        }
    }

    @Test func aWorkOrdersSizeIsLimitedByItsEvents() async throws {
        try await withOrder { sync in
            let fields = "{\"title\":\"Take photos\"}"
            for _ in 0..<WorkOrder.maximumTasks {
                let decided = try await sync.decide(.create, task: .new(), base: nil, .merge, fields)
                #expect(decided.verdict == .accepted)
            }
            let decided = try await sync.decide(.create, task: .new(), base: nil, .merge, fields)
            #expect((decided.verdict, decided.reason) == (.refused, "tasks: must have at most 100 elements"))
            let task = try #require(try await sync.order.tasks.first).id
            let notes = String(repeating: "n", count: WorkOrder.maximumNotes + 1)
            let long = try await sync.decide(
                .update,
                task: task,
                base: nil,
                .merge,
                "{\"status\":\"completed\",\"notes\":\"\(notes)\"}"
            )
            #expect(long.verdict == .refused)
            #expect(long.reason?.contains("notes") == true)
        }
    }

    /// Every text has its full length, in the letters that take most bytes, and all other members are there: as a state, and as JSON in the answer to a
    /// device.
    @Test func theLargestWorkOrderCanBePublished() async throws {
        try await withOrder { sync in
            func text(_ length: Int) -> String { String(repeating: "😀", count: length) }
            var order = try await sync.order
            order.title = text(WorkOrder.maximumTitle)
            order.description = text(WorkOrder.maximumDescription)
            order.tasks = (1...WorkOrder.maximumTasks).map { position in
                var task = WorkTask.pending(id: .new(), title: text(200), position: position)
                (task.status, task.completedAt, task.completedBy) = (.completed, .noon, .anna)
                task.notes = text(WorkOrder.maximumNotes)
                task.check = TaskCheck(kind: .number)
                (task.isMandatory, task.opensFollowUp, task.answer) = (
                    true, true, TaskAnswer(yes: false, isReset: true)
                )
                (task.outcome, task.followUp) = (.failed, .new())
                return task
            }
            order.requiredSkills = (0..<20).map { _ in text(64) }
            (order.scheduledStart, order.scheduledEnd, order.actualStart, order.actualEnd) = (
                .noon, .noon, .noon, .noon
            )
            order.originID = "\(WorkOrderID.new())/\(TaskID.new())"
            (order.template, order.templateVersion) = (.new(), .max)
            order.workedBy = (0..<100).map { _ in .new() }
            #expect(order.tasks.reduce(0) { $0 + $1.size } == WorkOrder.maximumTaskBytes)
            let largest = order
            try await sync.store.database.of(.sunfield).transaction { tx in
                try tx.publish(WorkOrderState(largest), by: .ofAnna("work-orders"))
                let json = try JSONWriter.text(WorkOrderResponse(WorkOrderState(largest)))
                #expect(json.utf8.count > WorkOrder.maximumTaskBytes)
                let answer = SyncChangeDecided(
                    change: .new(),
                    tenant: .sunfield,
                    entity: .workOrder,
                    entityID: largest.id.description,
                    verdict: .conflict,
                    version: .max,
                    reason: "the server has another version",
                    problem: String(repeating: "p", count: 1000),
                    server: json,
                    decidedAt: .noon
                )
                try tx.publish(answer, by: .ofAnna("work-orders"))
            }
            let published = try await sync.store.database.outbox(of: WorkOrderState.self)
            #expect(published.last?.tasks.count == WorkOrder.maximumTasks)
        }
    }

    /// A device waits for a verdict, whatever the reason why its change can't be handled.
    @Test func aChangeThatCannotBeHandledIsAnswered() async throws {
        try await withOrder { sync in
            let change = sync.change(.update, base: 1, .clientWins, "{\"title\":\"x\"}")
            try await sync.store.database.handle(change) { delivery, tx in
                try await sync.consumer.refused(delivery, because: EventRefused("an internal reason"), tx)
            }
            let decided = try await sync.store.database.outbox(of: SyncChangeDecided.self).last
            #expect((decided?.change, decided?.verdict) == (change.change, .refused))
            #expect(decided?.reason == "the change can't be stored")
        }
    }

    @Test func aRefusedChangeHasItsReasonAndNoEffect() async throws {
        try await withOrder { sync in
            for (operation, fields, reason) in [
                (.update, "{\"title\":\"\"}", "title"), (.update, "{\"title\":\"a\\u0000\"}", "title"),
                (.update, "{\"priority\":\"urgent\"}", "priority"),
                (.transition, "{\"transition\":\"complete\"}", "complete"),
                (.transition, "{\"transition\":\"fly\"}", "transition"), (.delete, "{}", "delete"),
                (.update, "[]", "body"), (.update, "{\"origin\":\"alert\"}", "origin"),
                (.update, "{\"title\":null}", "title"), (.update, "{", "not JSON"),
            ] as [(SyncOperation, String, String)] {
                let decided = try await sync.decide(operation, base: 1, .clientWins, fields)
                #expect(decided.verdict == .refused)
                #expect(decided.reason?.contains(reason) == true, "\(decided.reason ?? "-")")
            }
            let powerless = try await sync.decide(.update, base: 1, .clientWins, "{\"title\":\"x\"}", roles: ["none"])
            #expect(powerless.reason?.contains("workorder:update") == true)
            // With its code, as over HTTP: for people who read another language.
            #expect(powerless.problem?.contains(#""code":"permission_missing""#) == true, "\(powerless.problem ?? "-")")
            let foreign = try await sync.decide(.update, base: 1, .clientWins, "{\"title\":\"x\"}", of: .windward)
            #expect((foreign.verdict, foreign.server) == (.refused, nil))
            #expect(try await sync.order.version == 1)
        }
    }

    @Test func aWorkOrderThatWasCancelledInTheMeantimeStaysCancelled() async throws {
        try await withOrder { sync in
            let cancelled = try await sync.decide(
                .transition,
                base: 1,
                .clientWins,
                "{\"transition\":\"cancel\",\"reason\":\"x\"}"
            )
            #expect(cancelled.verdict == .accepted)
            let late = try await sync.decide(.transition, base: 1, .clientWins, "{\"transition\":\"start\"}")
            #expect(late.verdict == .refused)
            #expect(try await sync.order.status == .cancelled)
        }
    }

    // MARK: - The consumer under test

    private struct Sync: Sendable {
        let store: WorkOrderStore
        let consumer: SyncConsumer
        let id: WorkOrderID

        var order: WorkOrder { get async throws { try await store.find(id, tenant: .sunfield, within: .tenant) } }

        /// The same for a work order that an alert has requested.
        func another(of tenant: TenantID, _ alert: String) async throws -> Sync {
            let requested = WorkOrderRequested(
                request: .new(),
                tenant: tenant,
                site: .sample(30),
                asset: .sample(20),
                title: "Inverter overheating",
                description: nil,
                type: .emergency,
                priority: .critical,
                origin: .alert,
                originID: alert,
                requestedAt: .noon
            )
            try await store.database.handle(requested, of: tenant, by: RequestConsumer(store: store).handle)
            let created = try await store.database.outbox(of: WorkOrderCreated.self)
            let id = try #require(created.last).workOrder
            return Sync(store: store, consumer: consumer, id: id)
        }

        func decide(
            _ operation: SyncOperation,
            task: TaskID? = nil,
            base: Int64?,
            _ strategy: SyncStrategy,
            _ fields: String,
            of tenant: TenantID = .sunfield,
            roles: [String] = ["all"]
        ) async throws -> SyncChangeDecided {
            let change = change(operation, task: task, base: base, strategy, fields, of: tenant, roles: roles)
            try await store.database.handle(change, of: tenant, by: consumer.handle)
            let decided = try await store.database.outbox(of: SyncChangeDecided.self)
            return try #require(decided.last { $0.change == change.change })
        }

        func change(
            _ operation: SyncOperation,
            task: TaskID? = nil,
            base: Int64?,
            _ strategy: SyncStrategy,
            _ fields: String,
            of tenant: TenantID = .sunfield,
            roles: [String] = ["all"]
        ) -> SyncChangeProposed {
            SyncChangeProposed(
                change: .new(),
                tenant: tenant,
                user: .anna,
                roles: roles,
                device: .sample(70),
                entity: task == nil ? .workOrder : .task,
                entityID: task?.description ?? id.description,
                parentID: task == nil ? nil : id.description,
                aggregate: id.description,
                operation: operation,
                baseVersion: base,
                strategy: strategy,
                fields: fields,
                changedAt: .noon,
                proposedAt: .noon
            )
        }
    }

    private func withOrder(_ body: (Sync) async throws -> Void) async throws {
        try await withDatabase(.all) { database in
            let authority = try await TestAuthority(roles: ["all": Permission.allCases, "none": []])
            let store = WorkOrderStore(database: database)
            let sync = Sync(
                store: store,
                consumer: SyncConsumer(store: store, authenticator: authority.authenticator),
                id: .new()
            )
            try await body(try await sync.another(of: .sunfield, "alert"))
        }
    }
}
