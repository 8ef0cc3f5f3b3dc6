import Access
import Commands
import Foundation
import HTTPTypes
import Identifiers
import Messaging
import ServiceKit

/// `/api/v1/workorders/views`: the lists that people keep under a name.
struct ViewRoutes: Sendable {
    let store: ViewStore
    var now: @Sendable () -> Date = { Date() }

    private var commands: CommandRunner {
        CommandRunner("work-orders", store.database, now: now, refusal: ViewStore.refusal)
    }

    func all() throws -> [Route] {
        try [
            Route(
                .get,
                "/workorders/views",
                "List your own views of work orders, and the shared ones",
                .requires(.workOrderRead),
                use: list
            ),
            Route(
                .post,
                "/workorders/views",
                "Keep a view of work orders",
                .requires(.workOrderRead),
                .mayRequire(.workOrderAssign),
                .refuses([.conflict]),
                use: add
            ),
            Route(
                .put,
                "/workorders/views/{view}",
                "Change a view of your own",
                .requires(.workOrderRead),
                .mayRequire(.workOrderAssign),
                .versioned,
                use: change
            ),
            Route(
                .delete,
                "/workorders/views/{view}",
                "Remove a view of your own, or a shared one of somebody else",
                .requires(.workOrderRead),
                use: remove
            ),
        ]
    }

    @Sendable func list(_ call: Call<NoInput>) async throws -> ViewsResponse {
        let principal = try call.principal
        return ViewsResponse(items: try await store.list(for: principal.user, principal.tenant).map(ViewResponse.init))
    }

    @Sendable func add(_ call: Call<SaveView>) async throws -> Created<ViewResponse> {
        let principal = try call.principal
        let new = call.input
        if new.isShared == true { try principal.require(.workOrderAssign) }
        return try await commands.run(call) { act, tx in
            let view = SavedView(
                id: .new(),
                name: new.name,
                query: new.query,
                isShared: new.isShared ?? false,
                owner: principal.user,
                updatedAt: act.time,
                version: 1
            )
            try await store.add(view, by: act, tx)
            return Created(ViewResponse(view))
        }
    }

    @Sendable func change(_ call: Call<SaveView>) async throws -> ViewResponse {
        let principal = try call.principal
        let id: ViewID = try call.id("view", of: "view")
        let seen = try call.ifMatch
        if call.input.isShared == true { try principal.require(.workOrderAssign) }
        return try await commands.run(call) { act, tx in
            let view = try await store.change(id, by: act, tx) { view in
                try view.saved(call.input, seen: seen, by: principal.user, at: act.time)
            }
            return ViewResponse(view)
        }
    }

    @Sendable func remove(_ call: Call<NoInput>) async throws -> NoContent {
        let id: ViewID = try call.id("view", of: "view")
        let forAll = (try? call.principal.authority.requireTenantWide(.tenantUpdate)) != nil
        return try await commands.run(call) { act, tx in
            try await store.remove(id, forAll: forAll, by: act, tx)
            return NoContent()
        }
    }
}

struct ViewsResponse: Answer, Codable {
    var items: [ViewResponse]
}

struct ViewResponse: Answer, Codable, Versioned {
    var id: ViewID
    var name: String
    /// What the list is filtered and ordered by, as the query of the page that shows it.
    var query: String
    var isShared: Bool
    var ownerId: UserID
    var updatedAt: Date
    var version: Int64

    init(_ view: SavedView) {
        id = view.id
        name = view.name
        query = view.query
        isShared = view.isShared
        ownerId = view.owner
        updatedAt = view.updatedAt
        version = view.version
    }
}

extension ViewRefusal: ProblemConvertible {
    var problem: Problem {
        switch self {
        case .unknown: .notFound("view")
        case .notOwner: .tooNarrow("the view is somebody else's")
        case .stale(let current):
            Problem(
                .conflict,
                "stale_version",
                "somebody else has changed the view: read it again",
                currentVersion: current
            )
        case .tooMany:
            Problem(
                .conflict,
                "too_many_views",
                "one person keeps at most \(SavedView.maximum) views: remove one first",
                ["maximum": "\(SavedView.maximum)"]
            )
        case .nameTaken:
            .field("name", FieldRule(problem: "view_name_taken", "you have a view of that name already"))
        }
    }
}
