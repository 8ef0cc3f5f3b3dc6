import Access
import Commands
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Messaging
import ServiceKit

/// `/api/v1/workorders/{id}/labor`: the hours of those who do the work.
struct LaborRoutes: Sendable {
    let store: LaborStore
    let orders: WorkOrderStore
    let replicas: EventConsumer?
    var now: @Sendable () -> Date = { Date() }

    private var commands: CommandRunner { CommandRunner("work-orders", store.database, now: now) }

    func all() throws -> [Route] {
        try [
            Route(
                .get,
                "/workorders/{id}/labor",
                "List the time that was recorded on a work order",
                .requires(.workOrderRead),
                use: list
            ),
            Route(
                .post,
                "/workorders/{id}/labor",
                "Record time on a work order, or start the clock",
                .requires(.laborRecord),
                .refuses([.conflict]),
                use: record
            ),
            Route(
                .post,
                "/workorders/{id}/labor/{entry}/stop",
                "Stop the clock",
                .requires(.laborRecord),
                .refuses([.conflict]),
                use: stop
            ),
            Route(
                .patch,
                "/workorders/{id}/labor/{entry}",
                "Correct recorded time",
                .requires(.laborRecord),
                .versioned,
                use: correct
            ),
            Route(
                .post,
                "/workorders/{id}/labor/{entry}/removal",
                "Remove recorded time",
                .requires(.laborRecord),
                .versioned,
                use: remove
            ),
        ]
    }

    @Sendable func list(_ call: Call<Paged<LaborFilter>>) async throws -> Page<LaborResponse> {
        let page = call.input
        let found = try await store.list(
            try call.id("id", of: "work order"),
            page.filter,
            tenant: try call.principal.tenant,
            within: try call.reach,
            after: try page.position(as: LaborPosition.self),
            limit: page.limit
        )
        return try Page(found.map(LaborResponse.init), limit: page.limit) {
            LaborPosition(startedAt: $0.startedAt, id: $0.id)
        }
    }

    @Sendable func record(_ call: Call<RecordLabor>) async throws -> Created<LaborResponse> {
        let principal = try call.principal
        let id: WorkOrderID = try call.id("id", of: "work order")
        let person = call.input.userId ?? principal.user
        let reach = principal.authority.reachOfLabor(of: person)
        try await requirePerson(person, principal)
        return try await commands.run(call) { act, tx in
            let order = try await orders.hold(id, within: reach, by: act, tx)
            let entry = try LaborEntry.recorded(call.input, id: .new(), on: order, by: principal.user, at: act.time)
            return Created(LaborResponse(try await store.add(entry, on: order, by: act, tx)))
        }
    }

    @Sendable func stop(_ call: Call<StopLabor>) async throws -> LaborResponse {
        try await change(call, as: .stopped) { entry, _, now in try entry.stopped(call.input, at: now) }
    }

    @Sendable func correct(_ call: Call<CorrectLabor>) async throws -> LaborResponse {
        let seen = try call.ifMatch
        return try await change(call, as: .corrected) { entry, order, now in
            try entry.corrected(call.input, of: order, seen: seen, at: now)
        }
    }

    @Sendable func remove(_ call: Call<RemoveLabor>) async throws -> LaborResponse {
        let seen = try call.ifMatch
        return try await change(call, as: .removed) { entry, order, now in
            try entry.removed(call.input, from: order, seen: seen, at: now)
        }
    }

    // MARK: - Steps

    private func change(
        _ call: Call<some Input>,
        as action: LaborAction,
        decide: @Sendable (LaborEntry, WorkOrder, Date) throws -> LaborEntry?
    ) async throws -> LaborResponse {
        let principal = try call.principal
        let id: WorkOrderID = try call.id("id", of: "work order")
        let entry: LaborID = try call.id("entry", of: "labor entry")
        return try await commands.run(call) { act, tx in
            let own = principal.authority.reachOfLabor(of: principal.user)
            let order = try await orders.hold(id, within: own, by: act, tx)
            let user = try await store.find(entry, of: order, tx).user
            if user != principal.user {
                let reach = principal.authority.reachOfLabor(of: user)
                _ = try await orders.hold(id, within: reach, by: act, tx)
            }
            let changed = try await store.change(entry, of: order, as: action, by: act, tx) {
                try decide($0, order, act.time)
            }
            return LaborResponse(changed)
        }
    }

    /// The caller is there. Others must be active; they may have been created a moment ago.
    private func requirePerson(_ person: UserID, _ principal: Principal) async throws {
        guard person != principal.user else { return }
        if try await orders.isActiveUser(person, tenant: principal.tenant) { return }
        _ = await replicas?.catchUp(with: .authUsers)
        guard try await orders.isActiveUser(person, tenant: principal.tenant) else { throw LaborRefusal.unknownPerson }
    }
}

extension Authority {
    /// Where somebody may record a person's hours: their own where the work is theirs, those of others only where a grant reaches further.
    fileprivate func reachOfLabor(of person: UserID) -> ChangeReach {
        let terms = grants.terms(of: .laborRecord).filter { term in
            switch term.scope {
            case .own, .assigned: person == user
            case .tenant, .sites, .assets, .team: true
            }
        }
        let held = Grants(terms.map { Grant(.laborRecord, $0.scope, if: $0.condition) })
        return ChangeReach(
            change: Authority(user: user, grants: held, membership: membership).reach(of: .laborRecord),
            see: reach(of: .workOrderRead)
        )
    }
}
