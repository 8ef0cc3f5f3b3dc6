import Access
import Commands
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Messaging
import ServiceKit

/// `/api/v1/shifts`: when people work, and who is on which shift.
struct ShiftRoutes: Sendable {
    let store: ShiftStore
    let replicas: EventConsumer?
    var now: @Sendable () -> Date = { Date() }

    private var commands: CommandRunner { CommandRunner("work-orders", store.database, now: now) }

    func all() throws -> [Route] {
        let turn = "/shifts/{id}/turns/{turn}"
        return try [
            Route(.get, "/shifts", "List shifts", .requires(.scheduleRead), use: list),
            Route(
                .post,
                "/shifts",
                "Create a shift of a site",
                .requires(.crewManage),
                .refuses([.conflict]),
                use: create
            ),
            Route(.patch, "/shifts/{id}", "Change a shift", .requires(.crewManage), .versioned, use: change),
            Route(.get, "/shifts/{id}/turns", "List who is on a shift", .requires(.scheduleRead), use: turns),
            Route(
                .post,
                "/shifts/{id}/turns",
                "Put somebody, or a crew, on a shift",
                .requires(.crewManage),
                .refuses([.conflict]),
                use: addTurn
            ),
            Route(.patch, turn, "Say until when somebody is on a shift", .requires(.crewManage), use: changeTurn),
            Route(.delete, turn, "Take back that somebody is on a shift", .requires(.crewManage), use: removeTurn),
        ]
    }

    @Sendable func list(_ call: Call<Paged<ShiftFilter>>) async throws -> Page<ShiftResponse> {
        let page = call.input
        let found = try await store.list(
            page.filter,
            tenant: try call.principal.tenant,
            within: try call.reach,
            after: try page.position(as: ShiftPosition.self),
            limit: page.limit
        )
        return try Page(found.map(ShiftResponse.init), limit: page.limit) { ShiftPosition(name: $0.name, id: $0.id) }
    }

    @Sendable func create(_ call: Call<CreateShift>) async throws -> Created<ShiftResponse> {
        do {
            return try await createShift(call)
        } catch ShiftRefusal.unknownSite {
            // It may have been created a moment ago.
            try await replicas?.requireCaughtUp(with: .assetEvents)
            return try await createShift(call)
        }
    }

    private func createShift(_ call: Call<CreateShift>) async throws -> Created<ShiftResponse> {
        let (principal, reach) = (try call.principal, try call.reach.ofNew)
        guard let hours = call.input.hours.workHours else { throw ShiftRefusal.unknown }
        return try await commands.run(call) { act, tx in
            let shift = Shift.created(
                call.input,
                hours,
                id: .new(),
                of: principal.tenant,
                by: principal.user,
                at: act.time
            )
            try await store.create(shift, within: reach, by: act, tx)
            return Created(ShiftResponse(shift))
        }
    }

    @Sendable func change(_ call: Call<ChangeShift>) async throws -> ShiftResponse {
        let (id, seen, reach) = (try id(call), try call.ifMatch, try reach(call))
        return try await commands.run(call) { act, tx in
            ShiftResponse(
                try await store.change(id, within: reach, by: act, tx) {
                    try $0.changed(call.input, seen: seen, at: act.time)
                }
            )
        }
    }

    @Sendable func turns(_ call: Call<NoInput>) async throws -> ShiftTurnsResponse {
        let found = try await store.turns(
            of: try id(call),
            tenant: try call.principal.tenant,
            within: try call.reach
        )
        return ShiftTurnsResponse(items: found.map(ShiftTurnResponse.init))
    }

    @Sendable func addTurn(_ call: Call<AddShiftTurn>) async throws -> Created<ShiftTurnResponse> {
        do {
            return try await addNewTurn(call)
        } catch ShiftRefusal.unknownPerson {
            try await replicas?.requireCaughtUp(with: .authUsers)
            return try await addNewTurn(call)
        }
    }

    private func addNewTurn(_ call: Call<AddShiftTurn>) async throws -> Created<ShiftTurnResponse> {
        let (id, reach, user) = (try id(call), try reach(call), try call.principal.user)
        return try await commands.run(call) { act, tx in
            let turn = try await store.add(call.input, to: id, within: reach, of: user, by: act, tx)
            return Created(ShiftTurnResponse(turn))
        }
    }

    @Sendable func changeTurn(_ call: Call<ChangeShiftTurn>) async throws -> ShiftTurnResponse {
        let (id, reach) = (try id(call), try reach(call))
        let turn: ShiftTurnID = try call.id("turn", of: "turn")
        return try await commands.run(call) { act, tx in
            ShiftTurnResponse(try await store.change(turn, of: id, call.input, within: reach, by: act, tx))
        }
    }

    @Sendable func removeTurn(_ call: Call<NoInput>) async throws -> NoContent {
        let (id, reach) = (try id(call), try reach(call))
        let turn: ShiftTurnID = try call.id("turn", of: "turn")
        return try await commands.run(call) { act, tx in
            try await store.remove(turn, of: id, within: reach, by: act, tx)
            return NoContent()
        }
    }

    // MARK: - Steps

    private func id(_ call: Call<some Input>) throws -> ShiftID { try call.id("id", of: "shift") }

    private func reach(_ call: Call<some Input>) throws -> ChangeReach {
        try call.principal.authority.reach(toChangeBy: [.crewManage], seenBy: .scheduleRead)
    }
}

/// A shift as clients see it.
struct ShiftResponse: Answer, Codable, Versioned {
    struct Hours: Codable {
        var days: [Weekday]
        var from: String
        var until: String
    }

    var id: ShiftID
    var siteId: SiteID
    var name: String
    var hours: Hours
    var isOnCall: Bool
    var isArchived: Bool
    var createdAt: Date
    var createdBy: UserID
    var updatedAt: Date
    var version: Int64

    init(_ shift: Shift) {
        id = shift.id
        siteId = shift.site
        name = shift.name
        hours = Hours(
            days: shift.hours.days,
            from: ContractorHours.text(shift.hours.from),
            until: ContractorHours.text(shift.hours.until)
        )
        isOnCall = shift.isOnCall
        isArchived = shift.isArchived
        createdAt = shift.createdAt
        createdBy = shift.createdBy
        updatedAt = shift.updatedAt
        version = shift.version
    }
}

/// All of a shift.
struct ShiftTurnsResponse: Answer, Codable {
    var items: [ShiftTurnResponse]
}

/// That somebody, or a crew, is on a shift.
struct ShiftTurnResponse: Answer, Codable {
    var id: ShiftTurnID
    var shiftId: ShiftID
    var userId: UserID?
    var crewId: CrewID?
    /// The first day on which the shift begins for them.
    var first: String
    /// The last such day; absent when it goes on.
    var last: String?
    var createdAt: Date
    var createdBy: UserID

    init(_ turn: ShiftTurn) {
        id = turn.id
        shiftId = turn.shift
        userId = turn.person
        crewId = turn.crew
        first = turn.first.rawValue
        last = turn.last?.rawValue
        createdAt = turn.createdAt
        createdBy = turn.createdBy
    }
}
