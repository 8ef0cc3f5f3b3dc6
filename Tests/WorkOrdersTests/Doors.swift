import Access
import Commands
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Postgres
import TestSupport

@testable import WorkOrders

/// An action on a work order.
enum Action: Hashable, Sendable {
    case change
    case move(Transition)
    case addTask
    case changeTask

    static func all(of kind: Command.Kind) -> [Action] {
        switch kind {
        case .change: [.change]
        case .move: Transition.allCases.map(Action.move)
        case .addTask: [.addTask]
        case .changeTask: [.changeTask]
        }
    }

    /// Bodies for this action, valid and invalid.
    func bodies() throws -> GeneratedBodies {
        switch self {
        case .change: try GeneratedBodies(ChangeWorkOrder.self)
        case .move: try GeneratedBodies(MoveWorkOrder.self)
        case .addTask: try GeneratedBodies(AddTask.self)
        case .changeTask: try GeneratedBodies(ChangeTask.self)
        }
    }

    /// A phase in which the action is possible.
    var phase: WorkOrderPhase {
        switch self {
        case .change, .addTask, .changeTask: .approved
        // It has an assignee.
        case .move(.unschedule): .assigned
        case .move(let transition):
            WorkOrderPhase.allCases.first { Transition.table[$0]?[transition] != nil } ?? .draft
        }
    }
}

/// The two ways to change a work order: over HTTP and by sync. Each has its own work order; the two differ only in their ids.
struct Doors: Sendable {
    /// The result of a change.
    enum Verdict: Hashable, Sendable {
        case accepted(WorkOrder)
        case refused(String)
    }

    let client: ServiceClient
    let store: WorkOrderStore
    let consumer: SyncConsumer
    var orderOverHTTP: String
    var orderOverSync: String
    var task = TaskID.sample(60).description
    var roles = ["all"]
    var tenant = TenantID.sunfield

    /// Prepares both ways and creates their work orders.
    init(_ client: ServiceClient, _ database: Database) async throws {
        self.client = client
        store = WorkOrderStore(database: database)
        consumer = SyncConsumer(store: store, authenticator: client.authority.authenticator)
        let body: [String: Any] = [
            "assetId": AssetReplica.inverter.id.description, "title": "Inverter overheating", "type": "emergency",
            "priority": "critical",
        ]
        orderOverHTTP = try await client.send(.post, "/api/v1/workorders", body)["id"] ?? ""
        orderOverSync = try await client.send(.post, "/api/v1/workorders", body)["id"] ?? ""
    }

    /// Sets both work orders to the same state, at version 3, with one task.
    func reset(to phase: WorkOrderPhase, task: TaskStatus = .pending) async throws {
        var sample = WorkOrder.sample(in: phase)
        // Somebody else: Anna approves and verifies.
        (sample.createdBy, sample.workedBy) = (.bo, [])
        let finished: Date? = task == .pending ? nil : .noon
        _ = try await store.database.of(.sunfield).pipeline([
            "DELETE FROM outbox", "DELETE FROM labor_entries", "DELETE FROM work_order_tasks",
            "DELETE FROM work_order_state_history",
            """
            UPDATE work_orders SET title = 'Inverter overheating', description = NULL, type = 'emergency',
                priority = 'critical', status = \(sample.status), awaits = \(sample.awaits), assigned_to = \(sample.assignedTo),
                created_by = \(UserID.bo), submitted_by = NULL, required_permits = '{}', worked_by = '{}', scheduled_start = \(sample.scheduledStart),
                scheduled_end = NULL, actual_start = \(sample.actualStart), actual_end = \(sample.actualEnd), version = 3
            """,
            """
            INSERT INTO work_order_tasks (id, work_order_id, tenant_id, title, position, status, completed_at)
            SELECT \(TaskID.sample(60)), id, tenant_id, 'Take photos', 1, \(task), \(finished) FROM work_orders
            """,
        ])
    }

    /// Sends a body both ways.
    func send(_ action: Action, _ body: String) async throws -> (http: Verdict, sync: Verdict) {
        (try await http(action, body), try await sync(action, body))
    }

    private func http(_ action: Action, _ body: String) async throws -> Verdict {
        let (method, path): (HTTPRequest.Method, String) =
            switch action {
            case .change: (.patch, "")
            case .move(let transition): (.post, "/transitions/\(transition.rawValue)")
            case .addTask: (.post, "/tasks")
            case .changeTask: (.patch, "/tasks/\(task)")
            }
        let isUsual = roles == ["all"] && tenant == .sunfield
        let client = isUsual ? self.client : try await self.client.acting(as: .anna, of: tenant, roles: roles)
        let answer = try await client.send(method, "/api/v1/workorders/\(orderOverHTTP)\(path)", text: body)
        guard answer.status == .ok else { return .refused(answer["detail"] ?? answer.text) }
        return .accepted(try await order(orderOverHTTP))
    }

    private func sync(_ action: Action, _ body: String) async throws -> Verdict {
        let (entity, operation): (SyncEntity, SyncOperation) =
            switch action {
            case .change: (.workOrder, .update)
            case .move: (.workOrder, .transition)
            case .addTask: (.task, .create)
            case .changeTask: (.task, .update)
            }
        let isOfTask = entity == .task
        let change = SyncChangeProposed(
            change: .new(),
            tenant: tenant,
            user: .anna,
            roles: roles,
            device: .sample(70),
            entity: entity,
            entityID: isOfTask ? action == .addTask ? TaskID.new().description : task : orderOverSync,
            parentID: isOfTask ? orderOverSync : nil,
            aggregate: orderOverSync,
            operation: operation,
            baseVersion: nil,
            strategy: isOfTask ? .merge : .clientWins,
            fields: Self.named(action, body),
            changedAt: .noon,
            proposedAt: .noon
        )
        try await store.database.handle(change, of: tenant, by: consumer.handle)
        let decided = try await store.database.outbox(of: SyncChangeDecided.self).first { $0.change == change.change }
        guard let decided, decided.verdict == .accepted else { return .refused(decided?.reason ?? "-") }
        return .accepted(try await order(orderOverSync))
    }

    /// Over HTTP the transition is in the path. In a change it is a member before the rest of the body.
    private static func named(_ action: Action, _ body: String) -> String {
        guard case .move(let transition) = action else { return body }
        let name = "{\"transition\":\"\(transition.rawValue)\""
        return body == "{}" ? "\(name)}" : "\(name),\(body.dropFirst())"
    }

    /// The work order without the values that differ between the two.
    private func order(_ id: String) async throws -> WorkOrder {
        var order = try await store.find(WorkOrderID(id) ?? .new(), tenant: tenant, within: .tenant)
        (order.id, order.number, order.createdAt, order.updatedAt) = (.sample(40), "", .noon, .noon)
        order.actualStart = order.actualStart.map { _ in .noon }
        order.actualEnd = order.actualEnd.map { _ in .noon }
        for index in order.tasks.indices {
            order.tasks[index].id = .sample(UInt8(60 + index))
            order.tasks[index].completedAt = order.tasks[index].completedAt.map { _ in .noon }
        }
        return order
    }
}
