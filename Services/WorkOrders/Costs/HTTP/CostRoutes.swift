import Access
import Commands
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Messaging
import Money
import ServiceKit

/// `/api/v1/costs`: what work costs, and what its costs are counted by.
struct CostRoutes: Sendable {
    let store: CostStore
    let orders: WorkOrderStore
    let labor: LaborStore
    var now: @Sendable () -> Date = { Date() }

    private var commands: CommandRunner { CommandRunner("work-orders", store.database, now: now) }

    func all() throws -> [Route] {
        try [
            Route(
                .get,
                "/costs/rates",
                "Read what hours and other currencies are counted at",
                .requires(.workOrderCostRead),
                use: rates
            ),
            Route(
                .put,
                "/costs/rates",
                "Set what hours and other currencies are counted at",
                .requires(.workOrderCostUpdate),
                .versioned,
                use: setRates
            ),
            Route(
                .post,
                "/costs/labor-bookings",
                "Book time that was recorded when there was no rate for it",
                .requires(.workOrderCostUpdate),
                use: bookLabor
            ),
            Route(
                .get,
                "/costs/workorders/{id}",
                "Read what a work order costs",
                .requires(.workOrderCostRead),
                use: costs
            ),
            Route(
                .put,
                "/costs/workorders/{id}/estimate",
                "Say what a work order is expected to cost",
                .requires(.workOrderCostUpdate),
                .refuses([.conflict]),
                use: estimate
            ),
            Route(
                .post,
                "/costs/workorders/{id}/entries",
                "Book a cost on a work order",
                .requires(.workOrderCostUpdate),
                .refuses([.conflict]),
                use: book
            ),
            Route(
                .post,
                "/costs/workorders/{id}/entries/{entry}/reversal",
                "Take a cost back",
                .requires(.workOrderCostUpdate),
                .refuses([.conflict]),
                use: reverse
            ),
        ]
    }

    // MARK: - Rates

    @Sendable func rates(_ call: Call<NoInput>) async throws -> RatesResponse {
        // What an hour costs is not a cost of parts.
        guard try call.reach.ofAllCosts != .none else {
            throw Problem.tooNarrow("your permission does not cover rates")
        }
        return RatesResponse(try await store.rates(of: try call.principal.tenant))
    }

    @Sendable func setRates(_ call: Call<SetCostRates>) async throws -> RatesResponse {
        try call.principal.authority.requireTenantWide(.workOrderCostUpdate)
        let seen = try call.ifMatch
        return try await commands.run(call) { act, tx in
            RatesResponse(try await store.set(call.input, seen: seen, by: act, tx))
        }
    }

    @Sendable func bookLabor(_ call: Call<NoInput>) async throws -> LaborBookings {
        try call.principal.authority.requireTenantWide(.workOrderCostUpdate)
        return try await commands.run(call) { act, tx in try await labor.bookUnbooked(by: act, tx) }
    }

    // MARK: - The ledger

    @Sendable func costs(_ call: Call<Paged<NoFilter>>) async throws -> WorkOrderCostsResponse {
        let page = call.input
        let id: WorkOrderID = try call.id("id", of: "work order")
        let found = try await store.costs(
            of: id,
            tenant: try call.principal.tenant,
            within: try call.reach.ofAllCosts,
            orPartsWithin: try call.reach.given { $0 == .partsOnly },
            after: try page.position(as: CostPosition.self),
            limit: page.limit
        )
        return try WorkOrderCostsResponse(id, found, limit: page.limit)
    }

    @Sendable func estimate(_ call: Call<SetCostEstimate>) async throws -> EstimateOfOrderResponse {
        let id: WorkOrderID = try call.id("id", of: "work order")
        let reach = try changeReach(call)
        return try await commands.run(call) { act, tx in
            let order = try await orders.hold(id, within: reach, by: act, tx)
            let estimate = try await store.estimate(call.input, of: order, by: act, tx)
            return EstimateOfOrderResponse(
                workOrderId: id,
                estimate: try estimate.map { try CostEstimateResponse($0) }
            )
        }
    }

    @Sendable func book(_ call: Call<BookCost>) async throws -> Created<CostEntryResponse> {
        let id: WorkOrderID = try call.id("id", of: "work order")
        let reach = try changeReach(call)
        return try await commands.run(call) { act, tx in
            let order = try await orders.hold(id, within: reach, by: act, tx)
            return Created(CostEntryResponse(try await store.book(call.input, on: order, by: act, tx)))
        }
    }

    @Sendable func reverse(_ call: Call<ReverseCost>) async throws -> Created<CostEntryResponse> {
        let id: WorkOrderID = try call.id("id", of: "work order")
        let entry: CostEntryID = try call.id("entry", of: "cost entry")
        let reach = try changeReach(call)
        return try await commands.run(call) { act, tx in
            let order = try await orders.hold(id, within: reach, by: act, tx)
            return Created(CostEntryResponse(try await store.reverse(entry, of: order, call.input, by: act, tx)))
        }
    }

    private func changeReach(_ call: Call<some Input>) throws -> ChangeReach {
        try call.principal.authority.reach(toChangeBy: [.workOrderCostUpdate], seenBy: .workOrderRead)
    }
}

extension Reach {
    /// Without those who see the costs of parts alone.
    fileprivate var ofAllCosts: Reach { given { _ in false } }
}

/// The list of a work order's entries has no filter.
struct NoFilter: Input {
    init(from _: any Decoder) {}
}
