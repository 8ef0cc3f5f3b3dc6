import Access
import Commands
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Messaging
import Responses
import ServiceKit

/// `/api/v1/workorders`: each handler is a list of steps.
struct WorkOrderRoutes: Sendable {
    let store: WorkOrderStore
    let templates: TemplateStore
    let replicas: EventConsumer?
    var now: @Sendable () -> Date = { Date() }

    var commands: CommandRunner { CommandRunner("work-orders", store.database, now: now) }

    func all() throws -> [Route] {
        try [
            Route(
                .post,
                "/workorders",
                "Create a work order",
                .requires(.workOrderCreate),
                .mayRequire(.workOrderAssign),
                .mayRequire(.procedureRead),
                .refuses([.conflict]),
                use: create
            ),
            Route(.get, "/workorders", "List work orders", .requires(.workOrderRead), use: list),
            Route(
                .get,
                "/workorders/summary",
                "Count work orders",
                .requires(.workOrderRead),
                use: summarize
            ),
            Route(
                .get,
                "/workorders/policy",
                "Read what the organization asks for before and after work",
                .requires(.workOrderRead),
                use: policy
            ),
            Route(
                .put,
                "/workorders/policy",
                "Set what the organization asks for before and after work",
                .requires(.tenantUpdate),
                .versioned,
                use: setPolicy
            ),
            Route(
                .get,
                "/workorders/export",
                "Export work orders as a table for spreadsheets",
                .requires(.workOrderRead),
                use: export
            ),
            Route(.get, "/workorders/{id}", "Read a work order", .requires(.workOrderRead), use: read),
            Route(
                .get,
                "/workorders/{id}/history",
                "Read the history of a work order",
                .requires(.workOrderRead),
                use: history
            ),
            Route(
                .patch,
                "/workorders/{id}",
                "Change a work order",
                .requiresOne(of: Command.Kind.change.permissions),
                .versioned,
                use: update
            ),
            Route(
                .delete,
                "/workorders/{id}",
                "Delete a work order that is a draft",
                .requires(.workOrderDelete),
                .versioned,
                use: delete
            ),
            Route(
                .post,
                "/workorders/{id}/transitions/{transition}",
                "Move a work order to another state",
                .requiresOne(of: Command.Kind.move.permissions),
                .versioned,
                .words("transition", Transition.allCases.map(\.rawValue)),
                use: move
            ),
            Route(
                .post,
                "/workorders/{id}/tasks",
                "Add a task to a work order",
                .requires(.workOrderUpdate),
                .versioned,
                use: addTask
            ),
            Route(
                .patch,
                "/workorders/{id}/tasks/{task}",
                "Record the outcome of a task, or change it",
                .requires(.workOrderUpdate),
                .versioned,
                use: changeTask
            ),
            Route(
                .delete,
                "/workorders/{id}/tasks/{task}",
                "Remove a task that nobody has done",
                .requires(.workOrderUpdate),
                .versioned,
                use: removeTask
            ),
        ]
    }

    @Sendable func create(_ call: Call<CreateWorkOrder>) async throws -> Created<WorkOrderResponse> {
        let principal = try call.principal
        let new = call.input
        let isGiven = new.assignedTo != nil || new.crewId != nil
        if isGiven { try principal.require(.workOrderAssign) }
        let permissions: [Permission] = isGiven ? [.workOrderCreate, .workOrderAssign] : [.workOrderCreate]
        // Work orders of alarms are made by the service itself; a person's own has none.
        let reach = try principal.authority.reach(of: permissions) { _ in false }.ofNew
        let asset = try await knownAsset(new.assetId, principal.tenant, within: reach)
        if let user = new.assignedTo { try await requireUser(user, principal.tenant) }
        let template = try await template(new.templateId, at: asset.site, principal)
        return try await withNewUsers {
            try await commands.run(call) { act, tx in
                let planning = isGiven ? Planning(assignee: new.assignedTo, crew: new.crewId) : nil
                let order = try await store.create(on: new.assetId, giving: planning, by: act, tx) {
                    number,
                    workforce in
                    try WorkOrder.drafted(
                        new,
                        from: template,
                        id: .new(),
                        number: number,
                        on: asset,
                        by: principal.user,
                        at: act.time,
                        under: principal.rules,
                        workforce
                    )
                }
                // A draft has no clocks yet.
                return Created(WorkOrderResponse(WorkOrderState(order)), at: "/api/v1/workorders/\(order.id)")
            }
        }
    }

    @Sendable func list(_ call: Call<Paged<WorkOrderFilter>>) async throws -> Page<WorkOrderResponse> {
        let page = call.input
        let sort = page.filter.sort ?? .newestFirst
        let after = try page.position(as: WorkOrderPosition.self)
        guard after.map({ $0.sort == sort }) ?? true else { throw Paged<WorkOrderFilter>.invalidCursor }
        let (found, hasMore) = try await store.list(
            page.filter,
            at: now(),
            tenant: try call.principal.tenant,
            within: try call.reach,
            after: after,
            limit: page.limit
        )
        let last = found.last.map { WorkOrderPosition(of: $0, in: sort) }
        let clocks = try await store.levels.clocks(of: found.map(\.id), tenant: try call.principal.tenant)
        return try Page(found.map { response($0, clocks[$0.id] ?? []) }, hasMore: hasMore) { _ in last }
    }

    /// What the list shows, all of it.
    @Sendable func export(_ call: Call<WorkOrderFilter>) async throws -> WorkOrderExport {
        let principal = try call.principal
        let reach = try call.reach
        let (filter, now) = (call.input, now())
        return WorkOrderExport { position in
            let (orders, hasMore) = try await store.list(
                filter,
                at: now,
                tenant: principal.tenant,
                within: reach,
                after: position,
                limit: 500
            )
            let next = hasMore ? orders.last.map { WorkOrderPosition(of: $0, in: filter.sort ?? .newestFirst) } : nil
            let assets = try await store.codes(of: orders.map(\.asset), tenant: principal.tenant)
            return WorkOrderExport.Part(orders: orders, assets: assets, next: next)
        }
    }

    @Sendable func summarize(_ call: Call<SummaryFilter>) async throws -> WorkOrderSummary {
        WorkOrderSummary(
            try await store.counts(
                call.input,
                at: now(),
                tenant: try call.principal.tenant,
                within: try call.reach
            )
        )
    }

    @Sendable func policy(_ call: Call<NoInput>) async throws -> WorkPolicy {
        try await store.policy(of: try call.principal.tenant)
    }

    @Sendable func setPolicy(_ call: Call<SetWorkPolicy>) async throws -> WorkPolicy {
        try call.principal.authority.requireTenantWide(.tenantUpdate)
        let seen = try call.ifMatch
        return try await commands.run(call) { act, tx in try await store.set(call.input, seen: seen, by: act, tx) }
    }

    @Sendable func read(_ call: Call<NoInput>) async throws -> WorkOrderResponse {
        let order = try await store.find(
            try call.id("id", of: "work order"),
            tenant: try call.principal.tenant,
            within: try call.reach
        )
        return response(order, try await store.levels.clocks(of: [order.id], tenant: order.tenant)[order.id] ?? [])
    }

    private func response(_ order: WorkOrder, _ clocks: [ServiceClock]) -> WorkOrderResponse {
        WorkOrderResponse(
            WorkOrderState(order),
            serviceLevel: ServiceLevelResponse(clocks, at: now()),
            archivedAt: order.archivedAt
        )
    }

    @Sendable func history(_ call: Call<NoInput>) async throws -> HistoryResponse {
        HistoryResponse(
            items: try await store.history(
                try call.id("id", of: "work order"),
                tenant: try call.principal.tenant,
                within: try call.reach
            )
        )
    }

    @Sendable func update(_ call: Call<ChangeWorkOrder>) async throws -> WorkOrderResponse {
        try await perform(.change(call.input), call)
    }

    @Sendable func delete(_ call: Call<NoInput>) async throws -> NoContent {
        let id: WorkOrderID = try call.id("id", of: "work order")
        let seen = try call.ifMatch
        let reach = try call.principal.authority.reach(toChangeBy: [.workOrderDelete], seenBy: .workOrderRead)
        let commands = CommandRunner(
            "work-orders",
            store.database,
            now: now,
            refusal: WorkOrderStore.deletionRefusal
        )
        return try await commands.run(call) { act, tx in
            try await store.delete(id, seen: seen, within: reach, by: act, tx)
            return NoContent()
        }
    }

    @Sendable func move(_ call: Call<MoveWorkOrder>) async throws -> WorkOrderResponse {
        try await perform(.move(try call.word("transition"), call.input), call)
    }

    @Sendable func addTask(_ call: Call<AddTask>) async throws -> WorkOrderResponse {
        try await perform(.addTask(.new(), call.input), call)
    }

    @Sendable func changeTask(_ call: Call<ChangeTask>) async throws -> WorkOrderResponse {
        try await perform(.changeTask(try call.id("task", of: "task"), call.input), call)
    }

    @Sendable func removeTask(_ call: Call<NoInput>) async throws -> WorkOrderResponse {
        try await perform(.removeTask(try call.id("task", of: "task")), call)
    }

    // MARK: - Steps

    /// The steps of every change of a work order.
    private func perform(_ command: Command, _ call: Call<some Input>) async throws -> WorkOrderResponse {
        let principal = try call.principal
        let id: WorkOrderID = try call.id("id", of: "work order")
        let seen = try call.ifMatch
        let reach = try command.reach(of: principal.authority)
        return try await withNewUsers {
            try await commands.run(call) { act, tx in
                let order = try await store.update(
                    id,
                    giving: command.planning,
                    answering: command.answered,
                    within: reach,
                    verifying: principal.authority.reach(of: .workOrderVerify),
                    by: act,
                    tx
                ) { order, facts in
                    let terms = Terms(by: principal.user, at: act.time, under: principal.rules, facts)
                    return try command.decide(order, seen: seen, terms, by: principal.user)
                }
                return response(order, try await store.levels.clocks(of: order, tx))
            }
        }
    }

    /// Tries again what is refused because of the assignee: they may have been created, or qualified, a moment ago.
    private func withNewUsers<Value>(_ change: () async throws -> Value) async throws -> Value {
        do {
            return try await change()
        } catch let refusal as Refusal where refusal.isOfAssignee {
            try await replicas?.requireCaughtUp(with: .authUsers)
            return try await change()
        }
    }

    /// The asset. If it is unknown, this waits for the replica: it may have been created a moment ago.
    private func knownAsset(_ id: AssetID, _ tenant: TenantID, within reach: Reach) async throws -> AssetReplica {
        if let asset = try await store.asset(id, tenant: tenant, within: reach) { return asset }
        try await replicas?.requireCaughtUp(with: .assetEvents)
        guard let asset = try await store.asset(id, tenant: tenant, within: reach) else {
            throw Refusal.unknownAsset(id)
        }
        return asset
    }

    /// The template as it is now. Who makes work from it must be able to read it.
    private func template(_ id: WorkTemplateID?, at site: SiteID, _ principal: Principal) async throws -> WorkTemplate?
    {
        guard let id else { return nil }
        try principal.require(.procedureRead)
        do {
            let reach = principal.authority.reach(of: .procedureRead)
            let template = try await templates.find(id, tenant: principal.tenant, within: reach)
            try template.requireUsable(at: site)
            return template
        } catch TemplateRefusal.unknown {
            throw TemplateRefusal.unknownForOrder
        }
    }

    func requireUser(_ id: UserID, _ tenant: TenantID) async throws {
        if try await store.isActiveUser(id, tenant: tenant) { return }
        try await replicas?.requireCaughtUp(with: .authUsers)
        guard try await store.isActiveUser(id, tenant: tenant) else { throw Refusal.unknownAssignee(id) }
    }
}
