import Access
import Commands
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Messaging
import ServiceKit

/// `/api/v1/workorders/{id}/comments`: what people write about a work order.
struct CommentRoutes: Sendable {
    let store: CommentStore
    let replicas: EventConsumer?
    var now: @Sendable () -> Date = { Date() }

    private static let path = "/workorders/{id}/comments"

    private var commands: CommandRunner { CommandRunner("work-orders", store.orders.database, now: now) }

    func all() throws -> [Route] {
        let comment = "\(Self.path)/{comment}"
        return try [
            Route(.get, Self.path, "List the comments of a work order", .requires(.workOrderRead), use: list),
            Route(
                .post,
                Self.path,
                "Comment on a work order",
                .requires(.workOrderComment),
                .refuses([.conflict]),
                use: add
            ),
            Route(
                .patch,
                comment,
                "Change a comment of your own",
                .requires(.workOrderComment),
                .versioned,
                use: edit
            ),
            Route(
                .delete,
                comment,
                "Delete a comment of your own",
                .requires(.workOrderComment),
                .versioned,
                use: delete
            ),
        ]
    }

    @Sendable func list(_ call: Call<Paged<NoFilter>>) async throws -> Page<CommentResponse> {
        let page = call.input
        let found = try await store.list(
            try call.id("id", of: "work order"),
            tenant: try call.principal.tenant,
            within: try call.reach,
            after: try page.position(as: CommentPosition.self),
            limit: page.limit
        )
        return try Page(found.map(CommentResponse.init), limit: page.limit) {
            CommentPosition(createdAt: $0.createdAt, id: $0.id)
        }
    }

    @Sendable func add(_ call: Call<WriteComment>) async throws -> Created<CommentResponse> {
        let user = try call.principal.user
        let id: WorkOrderID = try call.id("id", of: "work order")
        let reach = try reach(call)
        return try await withNewUsers {
            try await commands.run(call) { act, tx in
                let order = try await store.orders.hold(id, within: reach, by: act, tx)
                let comment = Comment.written(call.input, id: .new(), on: order, by: user, at: act.time)
                try await store.add(comment, on: order, by: act, tx)
                return Created(CommentResponse(comment))
            }
        }
    }

    @Sendable func edit(_ call: Call<EditComment>) async throws -> CommentResponse {
        let seen = try call.ifMatch
        return try await change(call, as: .edited) { comment, user, now in
            try comment.edited(call.input, seen: seen, by: user, at: now)
        }
    }

    @Sendable func delete(_ call: Call<NoInput>) async throws -> NoContent {
        let seen = try call.ifMatch
        return try await change(call, as: .removed) { comment, user, now in
            try comment.deleted(seen: seen, by: user, at: now)
        }
    }

    // MARK: - Steps

    private func change<Given: CommentAnswer>(
        _ call: Call<some Input>,
        as change: CommentChange,
        decide: @Sendable (Comment, UserID, Date) throws -> Comment?
    ) async throws -> Given {
        let user = try call.principal.user
        let id: WorkOrderID = try call.id("id", of: "work order")
        let comment: CommentID = try call.id("comment", of: "comment")
        let reach = try reach(call)
        return try await withNewUsers {
            try await commands.run(call) { act, tx in
                let order = try await store.orders.hold(id, within: reach, by: act, tx)
                let changed = try await store.change(comment, of: order, as: change, by: act, tx) {
                    try decide($0, user, act.time)
                }
                return Given(changed)
            }
        }
    }

    private func reach(_ call: Call<some Input>) throws -> ChangeReach {
        try call.principal.authority.reach(toChangeBy: [.workOrderComment], seenBy: .workOrderRead)
    }

    /// Who is mentioned may have been created a moment ago.
    private func withNewUsers<Value>(_ change: () async throws -> Value) async throws -> Value {
        do {
            return try await change()
        } catch CommentRefusal.unknownPerson {
            try await replicas?.requireCaughtUp(with: .authUsers)
            return try await change()
        }
    }
}

/// What is answered to a change of a comment.
private protocol CommentAnswer: Answer {
    init(_ comment: Comment)
}

extension CommentResponse: CommentAnswer {}

extension NoContent: CommentAnswer {
    fileprivate init(_: Comment) { self.init() }
}
