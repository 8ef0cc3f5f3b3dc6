import Access
import Commands
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Messaging
import ServiceKit

/// `/api/v1/crews`: who works together.
struct CrewRoutes: Sendable {
    let store: CrewStore
    let replicas: EventConsumer?
    var now: @Sendable () -> Date = { Date() }

    private var commands: CommandRunner {
        CommandRunner("work-orders", store.orders.database, now: now, refusal: CrewStore.refusal)
    }

    func all() throws -> [Route] {
        try [
            Route(.get, "/crews", "List crews", .requires(.scheduleRead), use: list),
            Route(
                .post,
                "/crews",
                "Create a crew",
                .requires(.crewManage),
                .refuses([.conflict]),
                use: create
            ),
            Route(.get, "/crews/{id}", "Read a crew", .requires(.scheduleRead), use: read),
            Route(
                .patch,
                "/crews/{id}",
                "Change a crew, and with it who does its unfinished work",
                .requires(.crewManage),
                .versioned,
                use: change
            ),
        ]
    }

    @Sendable func list(_ call: Call<Paged<CrewFilter>>) async throws -> Page<CrewResponse> {
        let page = call.input
        let found = try await store.list(
            page.filter,
            tenant: try call.principal.tenant,
            within: try call.reach,
            after: try page.position(as: CrewPosition.self),
            limit: page.limit
        )
        return try Page(found.map(CrewResponse.init), limit: page.limit) { CrewPosition(code: $0.code, id: $0.id) }
    }

    @Sendable func read(_ call: Call<NoInput>) async throws -> CrewResponse {
        CrewResponse(
            try await store.find(
                try call.id("id", of: "crew"),
                tenant: try call.principal.tenant,
                within: try call.reach
            )
        )
    }

    @Sendable func create(_ call: Call<CreateCrew>) async throws -> Created<CrewResponse> {
        let (principal, reach) = (try call.principal, try call.reach.ofNew)
        return try await withNewReplicas {
            try await commands.run(call) { act, tx in
                let crew = try Crew.created(
                    call.input,
                    id: .new(),
                    of: principal.tenant,
                    by: principal.user,
                    at: act.time
                )
                try await store.create(crew, within: reach, by: act, tx)
                return Created(CrewResponse(crew), at: "/api/v1/crews/\(crew.id)")
            }
        }
    }

    @Sendable func change(_ call: Call<ChangeCrew>) async throws -> CrewResponse {
        let id: CrewID = try call.id("id", of: "crew")
        let seen = try call.ifMatch
        let reach = try call.principal.authority.reach(toChangeBy: [.crewManage], seenBy: .scheduleRead)
        return try await withNewReplicas {
            try await commands.run(call) { act, tx in
                CrewResponse(
                    try await store.change(id, within: reach, by: act, tx) {
                        try $0.changed(call.input, seen: seen, at: act.time)
                    }
                )
            }
        }
    }

    /// Who or what it names may have been created a moment ago.
    private func withNewReplicas<Value>(_ change: () async throws -> Value) async throws -> Value {
        do {
            return try await change()
        } catch CrewRefusal.unknownMember, CrewRefusal.unknownSupervisor {
            try await replicas?.requireCaughtUp(with: .authUsers)
        } catch CrewRefusal.unknownSite {
            try await replicas?.requireCaughtUp(with: .assetEvents)
        }
        return try await change()
    }
}

/// A crew as clients see it.
struct CrewResponse: Answer, Codable, Versioned {
    var id: CrewID
    var siteId: SiteID
    var code: String
    var name: String
    var description: String?
    var type: CrewType
    var supervisorId: UserID?
    var members: [Crew.Member]
    var maxMembers: Int
    var isArchived: Bool
    var createdAt: Date
    var createdBy: UserID
    var updatedAt: Date
    var version: Int64

    init(_ crew: Crew) {
        id = crew.id
        siteId = crew.site
        code = crew.code
        name = crew.name
        description = crew.description
        type = crew.type
        supervisorId = crew.supervisor
        members = crew.members
        maxMembers = crew.maxMembers
        isArchived = crew.isArchived
        createdAt = crew.createdAt
        createdBy = crew.createdBy
        updatedAt = crew.updatedAt
        version = crew.version
    }
}
