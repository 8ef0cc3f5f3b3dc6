import Access
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Kafka
import LocalServers
import Postgres
import ServiceKit
import Synchronization
import TestSupport

@testable import Messaging

/// A service with a consumer and an outbox, as an operator sees it.
struct Operated: Sendable {
    let bus: Bus
    let daemon: Daemon
    let consumer: EventConsumer
    let client: ServiceClient

    /// Runs the consumer, and `body` with a client of its routes.
    static func run(
        _ make: @escaping @Sendable (EventConsumer) -> EventConsumer,
        _ body: @escaping @Sendable (Operated) async throws -> Void
    ) async throws {
        try await Bus.run { bus in
            let authority = try await TestAuthority(roles: ["all": Permission.allCases, "none": []])
            let daemon = Daemon.forTests("test", authority, kafka: bus.broker.bootstrap)
            let consumer = make(EventConsumer(bus.database, daemon))
            let routes = try OperationsRoutes(bus.database, daemon, consumer).all()
            try await bus.running(consumer) {
                try await daemon.withRoutes(authority, routes, answers: Answers(bus.database, daemon)) { client in
                    try await body(Operated(bus: bus, daemon: daemon, consumer: consumer, client: client))
                }
            }
        }
    }

    static let letters = "/api/v1/operations/test/dead-letters"
    static let events = "/api/v1/operations/test/refused-events"

    /// Waits for this many open letters, and returns them, the newest first.
    func letters(_ count: Int) async throws -> [[String: Any]] {
        let items = try await eventually("\(count) dead letters") {
            let items = try await client.send(.get, Self.letters).items
            return items.count == count ? Items(items) : nil
        }
        return items.all
    }

    /// The id of the only open letter.
    func onlyLetter() async throws -> String { try await letters(1)[0]["id"] as? String ?? "" }

    func redrive(_ id: String) async throws -> ServiceAnswer {
        try await client.send(.post, "\(Self.letters)/\(id)/redrive")
    }

    /// The actions in the audit log.
    func audited() async throws -> [String] {
        try await bus.database.outbox(of: AuditRecorded.self).map(\.action)
    }

    /// JSON is not `Sendable`, and goes from one task to the next here.
    private struct Items: @unchecked Sendable {
        let all: [[String: Any]]
        init(_ all: [[String: Any]]) { self.all = all }
    }
}

/// A handler that refuses everything until somebody puts it right.
final class StubbornHandler: Sendable {
    private let isMended = Mutex(false)

    func mend() { isMended.withLock { $0 = true } }

    func check(_ reason: String = "nobody knows this session") throws {
        guard isMended.withLock({ $0 }) else { throw EventRefused(reason) }
    }
}
