import EventSchema
import Foundation
import HTTPTypes
import Hummingbird
import Identifiers
import Messaging
import ServiceKit

/// `/api/v1/workorders`: each handler is a list of steps.
struct WorkOrderRoutes: Sendable {
    let store: WorkOrderStore
    let replicas: EventConsumer?
    var now: @Sendable () -> Date = { Date() }

    func add(to router: RouterGroup<DaemonContext>) {
        let orders = router.group("/api/v1/workorders")
        orders.post(use: create)
        orders.get(use: list)
        orders.get(":id", use: read)
        orders.get(":id/history", use: history)
        orders.patch(":id", use: update)
        orders.post(":id/transitions/:transition", use: move)
        orders.post(":id/tasks", use: addTask)
        orders.patch(":id/tasks/:task", use: finishTask)
    }

    @Sendable func create(_ request: Request, _ context: DaemonContext) async throws -> Response {
        let principal = try context.principal
        try principal.require(.workOrderCreate)
        let new = try await request.decode(as: CreateWorkOrderBody.self, context: context).validated()
        if new.assignedTo != nil { try principal.require(.workOrderAssign) }
        let asset = try await knownAsset(new.asset, principal.tenant)
        if let user = new.assignedTo { try await requireUser(user, principal.tenant) }
        let now = now()
        let order = try await store.create(
            in: try context.scope(of: "work-orders", at: now),
            audit: { audit($0, principal, context, now) }
        ) { number in
            try WorkOrder.drafted(new, id: .new(), number: number, on: asset, by: principal.user, at: now)
        }
        var response = try WorkOrderResponse(order).response(from: request, context: context)
        response.status = .created
        response.headers[.location] = "/api/v1/workorders/\(order.id)"
        return response
    }

    @Sendable func list(_ request: Request, _ context: DaemonContext) async throws -> Page<WorkOrderResponse> {
        let principal = try context.principal
        try principal.require(.workOrderRead)
        let page = try PageRequest(request)
        let query = QueryReader(request)
        let filter = WorkOrderFilter(
            status: try query.value("status"),
            type: try query.value("type"),
            priority: try query.value("priority"),
            site: try query.id("siteId"),
            asset: try query.id("assetId"),
            assignedTo: try query.id("assignedTo")
        )
        let after = try page.position(as: WorkOrderPosition.self)
        let found = try await store.list(filter, tenant: principal.tenant, after: after, limit: page.limit + 1)
        return try Page(found.map(WorkOrderResponse.init), limit: page.limit) {
            WorkOrderPosition(createdAt: $0.createdAt, id: $0.id)
        }
    }

    @Sendable func read(_ request: Request, _ context: DaemonContext) async throws -> Response {
        let principal = try context.principal
        try principal.require(.workOrderRead)
        let order = try await store.find(try context.id("id", "work order"), tenant: principal.tenant)
        return try tagged(order, request, context)
    }

    @Sendable func history(_ request: Request, _ context: DaemonContext) async throws -> HistoryResponse {
        let principal = try context.principal
        try principal.require(.workOrderRead)
        return HistoryResponse(
            items: try await store.history(try context.id("id", "work order"), tenant: principal.tenant)
        )
    }

    @Sendable func update(_ request: Request, _ context: DaemonContext) async throws -> Response {
        let principal = try context.principal
        try principal.require(.workOrderUpdate)
        let body = try await request.decode(as: UpdateWorkOrderBody.self, context: context)
        let change = try body.validated(ifMatch: try request.ifMatch)
        if case .some(let user) = change.assignedTo {
            try principal.require(.workOrderAssign)
            if let user { try await requireUser(user, principal.tenant) }
        }
        return try await self.change(request, context, principal) { order, now in
            try order.updated(change, by: principal.user, at: now)
        }
    }

    @Sendable func move(_ request: Request, _ context: DaemonContext) async throws -> Response {
        let principal = try context.principal
        try principal.require(.workOrderTransition)
        let name = try context.parameters.require("transition")
        guard let transition = Transition(rawValue: name) else {
            let known = Transition.allCases.map(\.rawValue)
            throw Problem.field("transition", "must be one of \(known.joined(separator: ", "))")
        }
        let body = try await request.decodeIfPresent(TransitionBody.self, context) ?? TransitionBody()
        var validation = Validation()
        validation.text(body.reason, "reason", 0...2000, lines: .many)
        try validation.check()
        let wanted = TransitionRequest(
            transition: transition,
            reason: body.reason,
            scheduledStart: body.scheduledStart,
            scheduledEnd: body.scheduledEnd,
            expectedVersion: try request.ifMatch ?? body.version
        )
        return try await self.change(request, context, principal) { order, now in
            try order.moved(wanted, by: principal.user, at: now)
        }
    }

    @Sendable func addTask(_ request: Request, _ context: DaemonContext) async throws -> Response {
        let principal = try context.principal
        try principal.require(.workOrderUpdate)
        let body = try await request.decode(as: AddTaskBody.self, context: context)
        var validation = Validation()
        validation.text(body.title, "title", 1...200)
        try validation.check()
        let version = try request.ifMatch
        return try await self.change(request, context, principal) { order, now in
            try order.updated(.add(.new(), title: body.title), expectedVersion: version, by: principal.user, at: now)
        }
    }

    @Sendable func finishTask(_ request: Request, _ context: DaemonContext) async throws -> Response {
        let principal = try context.principal
        try principal.require(.workOrderUpdate)
        let task: TaskID = try context.id("task", "task")
        let body = try await request.decode(as: FinishTaskBody.self, context: context)
        var validation = Validation()
        validation.text(body.notes, "notes", 0...WorkOrder.maximumNotes, lines: .many)
        try validation.check()
        let version = try request.ifMatch
        return try await self.change(request, context, principal) { order, now in
            try order.updated(
                .finish(task, as: body.status, notes: body.notes),
                expectedVersion: version,
                by: principal.user,
                at: now
            )
        }
    }

    // MARK: - Steps

    private func change(
        _ request: Request,
        _ context: DaemonContext,
        _ principal: Principal,
        _ decide: @escaping @Sendable (WorkOrder, Date) throws -> Decision?
    ) async throws -> Response {
        let now = now()
        let order = try await store.update(
            try context.id("id", "work order"),
            in: try context.scope(of: "work-orders", at: now),
            audit: { audit($0, principal, context, now) }
        ) { try decide($0, now) }
        return try tagged(order, request, context)
    }

    private func tagged(_ order: WorkOrder, _ request: Request, _ context: DaemonContext) throws -> Response {
        var response = try WorkOrderResponse(order).response(from: request, context: context)
        response.headers[.eTag] = "\"\(order.version)\""
        return response
    }

    private func audit(
        _ decision: Decision,
        _ principal: Principal,
        _ context: DaemonContext,
        _ now: Date
    ) -> AuditRecorded {
        AuditRecorded(
            decision.action,
            "workorder",
            decision.workOrder.id.description,
            by: principal,
            in: context,
            service: "work-orders",
            at: now
        )
    }

    /// The asset, waited for when it was created a moment ago.
    private func knownAsset(_ id: AssetID, _ tenant: TenantID) async throws -> AssetReplica {
        if let asset = try await store.asset(id, tenant: tenant) { return asset }
        _ = await replicas?.catchUp(with: .assetEvents)
        guard let asset = try await store.asset(id, tenant: tenant) else { throw Refusal.unknownAsset(id) }
        return asset
    }

    private func requireUser(_ id: UserID, _ tenant: TenantID) async throws {
        if try await store.isActiveUser(id, tenant: tenant) { return }
        _ = await replicas?.catchUp(with: .authUsers)
        guard try await store.isActiveUser(id, tenant: tenant) else { throw Refusal.unknownAssignee(id) }
    }
}
