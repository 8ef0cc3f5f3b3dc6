import Access
import Commands
public import Foundation
import HTTPTypes
import Identifiers
public import Postgres
public import ServiceKit

/// What operators do about records that this daemon refused, and about events of its own that the log refused:
/// `/api/v1/operations/<daemon>`, the same for every daemon with a consumer and an outbox.
///
/// It concerns all tenants, so it is for those who run the installation.
public struct OperationsRoutes: Sendable {
    private let service: String
    private let database: Database
    private let consumer: EventConsumer
    private let now: @Sendable () -> Date

    public init(
        _ database: Database,
        _ daemon: Daemon,
        _ consumer: EventConsumer,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        service = daemon.settings.service
        self.database = database
        self.consumer = consumer
        self.now = now
    }

    private var commands: CommandRunner { CommandRunner(service, database, now: now) }
    private var letters: DeadLetterList { consumer.deadLetters }
    private var desk: DeadLetterDesk { DeadLetterDesk(consumer: consumer, now: now) }

    public func all() throws -> [Route] {
        let (letters, events) = ("/operations/\(service)/dead-letters", "/operations/\(service)/refused-events")
        return try [
            Route(
                .get,
                letters,
                "List the records that \(service) refused",
                .requires(.platformRead),
                use: listLetters
            ),
            Route(
                .post,
                "\(letters)/{id}/redrive",
                "Have \(service) handle a refused record once more",
                .requires(.platformManage),
                .refuses([.conflict, .serviceUnavailable]),
                use: redrive
            ),
            Route(
                .post,
                "\(letters)/{id}/discard",
                "Decide that \(service) never handles a refused record",
                .requires(.platformManage),
                .refuses([.conflict]),
                use: discardLetter
            ),
            Route(
                .get,
                events,
                "List the events of \(service) that the log refused",
                .requires(.platformRead),
                use: listEvents
            ),
            Route(
                .post,
                "\(events)/{id}/retry",
                "Have \(service) publish a refused event once more",
                .requires(.platformManage),
                .refuses([.conflict, .serviceUnavailable]),
                use: retry
            ),
            Route(
                .post,
                "\(events)/{id}/discard",
                "Decide that \(service) never publishes a refused event",
                .requires(.platformManage),
                .refuses([.conflict, .serviceUnavailable]),
                use: discardEvent
            ),
        ]
    }

    // MARK: - Dead letters

    @Sendable private func listLetters(_ call: Call<Paged<DeadLetterFilter>>) async throws -> Page<DeadLetter> {
        let page = call.input
        let found = try await letters.list(
            page.filter.status ?? .open,
            topic: page.filter.topic,
            before: try page.position(as: DeadLetterID.self),
            limit: page.limit + 1
        )
        return try Page(found, limit: page.limit) { $0.id }
    }

    @Sendable private func redrive(_ call: Call<NoInput>) async throws -> DeadLetter {
        try await desk.redrive(try call.id("id", of: "dead letter")) { try await commands.run(call, $0) }
    }

    @Sendable private func discardLetter(_ call: Call<Discard>) async throws -> DeadLetter {
        try await desk.discard(try call.id("id", of: "dead letter"), because: call.input.reason) {
            try await commands.run(call, $0)
        }
    }

    // MARK: - Refused events

    @Sendable private func listEvents(_ call: Call<Paged<NoInput>>) async throws -> Page<RefusedEvent> {
        let page = call.input
        let found = try await RefusedEvents(database: database).list(
            before: try page.position(as: Int64.self),
            limit: page.limit + 1
        )
        return try Page(found, limit: page.limit) { $0.row }
    }

    @Sendable private func retry(_ call: Call<NoInput>) async throws -> RefusedEvent {
        let id: EventID = try call.id("id", of: "refused event")
        return try await commands.run(call) { act, tx in try await tx.retryRefused(id, by: act) }
    }

    @Sendable private func discardEvent(_ call: Call<Discard>) async throws -> RefusedEvent {
        let id: EventID = try call.id("id", of: "refused event")
        let reason = call.input.reason
        return try await commands.run(call) { act, tx in try await tx.discardRefused(id, because: reason, by: act) }
    }
}

/// The filters of the list of dead letters.
struct DeadLetterFilter: Input {
    var status: DeadLetter.Status?
    var topic: String?

    static let rules: Rules = [
        "status": .means("What became of them; open ones if omitted"),
        "topic": .line(1...249).example("assets.events"),
    ]
}

/// Why something is not to be handled or published any more.
struct Discard: Input {
    var reason: String

    static let rules: Rules = ["reason": .line(1...500).means("Why, for those who read the audit log")]
}
