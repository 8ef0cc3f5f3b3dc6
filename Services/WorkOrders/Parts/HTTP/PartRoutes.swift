import Access
import Commands
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Messaging
import ServiceKit

/// `/api/v1/workorders/{id}/parts`: what work needs of the store, and what becomes of it.
struct PartRoutes: Sendable {
    let store: PartStore
    let orders: WorkOrderStore
    var now: @Sendable () -> Date = { Date() }

    private var commands: CommandRunner { CommandRunner("work-orders", store.database, now: now) }

    func all() throws -> [Route] {
        try [
            Route(
                .get,
                "/workorders/{id}/parts",
                "List the parts of a work order",
                .requires(.workOrderRead),
                use: list
            ),
            Route(
                .post,
                "/workorders/{id}/parts",
                "Add a part to a work order, planned or used already",
                .requiresOne(of: [.stockConsume, .workOrderUpdate]),
                .mayRequire(.workOrderCostUpdate),
                use: add
            ),
            Route(
                .patch,
                "/workorders/{id}/parts/{part}",
                "Change what is planned of a part",
                .requires(.workOrderUpdate),
                .mayRequire(.workOrderCostUpdate),
                .versioned,
                use: change
            ),
            Route(
                .delete,
                "/workorders/{id}/parts/{part}",
                "Remove a part of which no piece has moved",
                .requires(.workOrderUpdate),
                .versioned,
                use: remove
            ),
            Route(
                .get,
                "/workorders/{id}/parts/{part}/movements",
                "List what happened to pieces of a part",
                .requires(.workOrderRead),
                use: movements
            ),
            Route(
                .post,
                "/workorders/{id}/parts/{part}/movements",
                "Record what happened to pieces of a part",
                .requiresOne(of: MovePart.Kind.permissions),
                .mayRequire(.workOrderCostUpdate),
                .versioned,
                use: move
            ),
            Route(
                .post,
                "/workorders/{id}/parts/{part}/movements/{movement}/reversal",
                "Take a movement back",
                .requiresOne(of: MovePart.Kind.permissions),
                use: reverse
            ),
        ]
    }

    @Sendable func list(_ call: Call<NoInput>) async throws -> PartsResponse {
        let found = try await store.list(
            try call.id("id", of: "work order"),
            tenant: try call.principal.tenant,
            within: try call.reach,
            showingCosts: try call.principal.authority.reachOfPartCosts
        )
        return PartsResponse(items: found.map { PartResponse($0.part, showsCosts: $0.showsCosts) })
    }

    @Sendable func movements(_ call: Call<Paged<NoFilter>>) async throws -> Page<PartMovementResponse> {
        let page = call.input
        let (found, showsCosts) = try await store.movements(
            of: try call.id("part", of: "part"),
            on: try call.id("id", of: "work order"),
            tenant: try call.principal.tenant,
            within: try call.reach,
            showingCosts: try call.principal.authority.reachOfPartCosts,
            after: try page.position(as: PartMovementPosition.self),
            limit: page.limit
        )
        let last = found.prefix(page.limit).last.map { PartMovementPosition(place: $0.place) }
        let items = found.prefix(page.limit).map {
            PartMovementResponse($0.0, isReversed: $0.isReversed, showsCosts: showsCosts)
        }
        return try Page(items, hasMore: found.count > page.limit) { _ in last }
    }

    @Sendable func add(_ call: Call<AddPart>) async throws -> Created<PartResponse> {
        let new = call.input
        var permissions: [Permission] = []
        if new.planned != nil { permissions.append(.workOrderUpdate) }
        if new.used != nil { permissions.append(.stockConsume) }
        let place = try place(call, permissions, setsCost: new.unitCost != nil)
        return try await commands.run(call) { act, tx in
            let (order, showsCosts) = try await store.hold(place, of: orders, by: act, tx)
            let part = try await store.add(new, to: order, by: act, tx)
            return Created(PartResponse(part, showsCosts: showsCosts))
        }
    }

    @Sendable func change(_ call: Call<ChangePart>) async throws -> PartResponse {
        let id: WorkPartID = try call.id("part", of: "part")
        let seen = try call.ifMatch
        let setsCost = call.input.unitCost != .keep || call.input.currency != .keep
        let place = try place(call, [.workOrderUpdate], setsCost: setsCost)
        return try await commands.run(call) { act, tx in
            let (order, showsCosts) = try await store.hold(place, of: orders, by: act, tx)
            let part = try await store.change(id, of: order, by: act, tx) { part, base in
                try part.changed(call.input, of: order, in: base, seen: seen, at: act.time)
            }
            return PartResponse(part, showsCosts: showsCosts)
        }
    }

    @Sendable func remove(_ call: Call<NoInput>) async throws -> NoContent {
        let id: WorkPartID = try call.id("part", of: "part")
        let seen = try call.ifMatch
        let place = try place(call, [.workOrderUpdate])
        return try await commands.run(call) { act, tx in
            let (order, _) = try await store.hold(place, of: orders, by: act, tx)
            try await store.remove(id, of: order, seen: seen, by: act, tx)
            return NoContent()
        }
    }

    @Sendable func move(_ call: Call<MovePart>) async throws -> Created<PartMovedResponse> {
        let id: WorkPartID = try call.id("part", of: "part")
        let seen = try call.ifMatch
        let move = call.input
        let place = try place(call, [move.kind.permission], setsCost: move.unitCost != nil)
        return try await commands.run(call) { act, tx in
            let (order, showsCosts) = try await store.hold(place, of: orders, by: act, tx)
            let moved = try await store.move(id, of: order, move, seen: seen, by: act, tx)
            return Created(PartMovedResponse(moved.part, moved.movements, showsCosts: showsCosts))
        }
    }

    @Sendable func reverse(_ call: Call<ReversePartMovement>) async throws -> Created<PartMovedResponse> {
        let order: WorkOrderID = try call.id("id", of: "work order")
        let id: WorkPartID = try call.id("part", of: "part")
        let movement: PartMovementID = try call.id("movement", of: "movement")
        let principal = try call.principal
        let kind = try await store.kind(
            of: movement,
            on: order,
            tenant: principal.tenant,
            within: principal.authority.reach(of: .workOrderRead)
        )
        // Who may do something may take it back.
        let place = try place(call, [kind.permission])
        return try await commands.run(call) { act, tx in
            let (order, showsCosts) = try await store.hold(place, of: orders, by: act, tx)
            let moved = try await store.reverse(movement, of: id, on: order, call.input, by: act, tx)
            return Created(PartMovedResponse(moved.part, [moved.movement], showsCosts: showsCosts))
        }
    }

    // MARK: - Steps

    /// The work order whose parts change, where the caller may change it with these permissions.
    private func place(
        _ call: Call<some Input>,
        _ permissions: [Permission],
        setsCost: Bool = false
    ) throws -> PartStore.Place {
        let principal = try call.principal
        let needed = permissions + (setsCost ? [.workOrderCostUpdate] : [])
        for permission in needed { try principal.require(permission) }
        return PartStore.Place(
            order: try call.id("id", of: "work order"),
            reach: principal.authority.reach(toChangeBy: needed, seenBy: .workOrderRead),
            costs: principal.authority.reachOfPartCosts
        )
    }
}

extension MovePart.Kind {
    /// All of those that movements need.
    fileprivate static let permissions: [Permission] = [.stockConsume, .stockIssue, .stockReserve, .stockReturn]

    fileprivate var permission: Permission {
        switch self {
        case .reserved, .released: .stockReserve
        case .issued: .stockIssue
        case .returned: .stockReturn
        case .used: .stockConsume
        }
    }
}

extension Authority {
    /// Where the person sees what parts cost.
    fileprivate var reachOfPartCosts: Reach { reach(of: .workOrderCostRead).given { $0 == .partsOnly } }
}
