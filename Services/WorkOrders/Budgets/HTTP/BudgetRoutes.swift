import Access
import Commands
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Messaging
import ServiceKit

/// `/api/v1/costs/budgets`: what may be spent, and what has become of it.
struct BudgetRoutes: Sendable {
    let store: BudgetStore
    let replicas: EventConsumer?
    var now: @Sendable () -> Date = { Date() }

    private var commands: CommandRunner { CommandRunner("work-orders", store.database, now: now) }

    func all() throws -> [Route] {
        try [
            Route(.get, "/costs/budgets", "List budgets", .requires(.workOrderCostRead), use: list),
            Route(.post, "/costs/budgets", "Set a budget", .requires(.workOrderCostUpdate), use: create),
            Route(
                .patch,
                "/costs/budgets/{id}",
                "Change a budget",
                .requires(.workOrderCostUpdate),
                .versioned,
                use: change
            ),
            Route(
                .delete,
                "/costs/budgets/{id}",
                "Remove a budget",
                .requires(.workOrderCostUpdate),
                .versioned,
                use: remove
            ),
            Route(
                .get,
                "/costs/budgets/{id}/variance",
                "Read how a budget's year goes",
                .requires(.workOrderCostRead),
                use: variance
            ),
        ]
    }

    @Sendable func list(_ call: Call<Paged<BudgetFilter>>) async throws -> Page<BudgetResponse> {
        let page = call.input
        let found = try await store.list(
            page.filter,
            tenant: try call.principal.tenant,
            within: try call.reach,
            after: try page.position(as: BudgetPosition.self),
            limit: page.limit
        )
        return try Page(try found.map { try BudgetResponse($0) }, limit: page.limit) {
            BudgetPosition(year: $0.year, id: $0.id)
        }
    }

    @Sendable func create(_ call: Call<CreateBudget>) async throws -> Created<BudgetResponse> {
        let principal = try call.principal
        if let site = call.input.siteId {
            try await requireSite(site, principal)
        } else {
            try principal.authority.requireTenantWide(.workOrderCostUpdate)
        }
        return try await commands.run(call) { act, tx in
            let budget = Budget.created(
                call.input,
                id: .new(),
                of: principal.tenant,
                by: principal.user,
                at: act.time
            )
            try await store.create(budget, by: act, tx)
            return Created(
                try BudgetResponse(try await store.counted(budget, tx)),
                at: "/api/v1/costs/budgets/\(budget.id)/variance"
            )
        }
    }

    @Sendable func change(_ call: Call<ChangeBudget>) async throws -> BudgetResponse {
        let (id, seen, reach) = (try id(call), try call.ifMatch, reach(try call.principal))
        return try await commands.run(call) { act, tx in
            let budget = try await store.change(id, call.input, within: reach, seen: seen, by: act, tx)
            return try BudgetResponse(try await store.counted(budget, tx))
        }
    }

    @Sendable func remove(_ call: Call<NoInput>) async throws -> NoContent {
        let (id, seen, reach) = (try id(call), try call.ifMatch, reach(try call.principal))
        return try await commands.run(call) { act, tx in
            try await store.remove(id, within: reach, seen: seen, by: act, tx)
            return NoContent()
        }
    }

    @Sendable func variance(_ call: Call<NoInput>) async throws -> BudgetVarianceResponse {
        let (counted, months) = try await store.find(
            try id(call),
            tenant: try call.principal.tenant,
            within: try call.reach
        )
        return try BudgetVarianceResponse(counted, months)
    }

    // MARK: - Steps

    private func id(_ call: Call<some Input>) throws -> BudgetID { try call.id("id", of: "budget") }

    private func reach(_ principal: Principal) -> ChangeReach {
        principal.authority.reach(toChangeBy: [.workOrderCostUpdate], seenBy: .workOrderCostRead)
    }

    /// The site must be one where the caller may set budgets. It may have been created a moment ago.
    private func requireSite(_ site: SiteID, _ principal: Principal) async throws {
        let reach = principal.authority.reach(of: .workOrderCostUpdate)
        if try await store.isSite(site, tenant: principal.tenant, within: reach) { return }
        try await replicas?.requireCaughtUp(with: .assetEvents)
        guard try await store.isSite(site, tenant: principal.tenant, within: reach) else {
            throw BudgetRefusal.unknownSite
        }
    }
}
