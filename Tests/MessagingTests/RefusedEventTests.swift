import Commands
import EventSchema
import Foundation
import HTTPTypes
import Identifiers
import Kafka
import LocalServers
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Messaging

/// Events that the log would not take are seen; they are published once more, or given up, when somebody says so.
@Suite struct RefusedEventTests {
    @Test func aRefusedEventIsPublishedOnceItFits() async throws {
        try await Operated.run {
            $0.on(SessionEnded.self) { _, _ in }
        } _: { service in
            let database = service.bus.database
            let event = Bus.session()
            try await put(event, service, padding: 1_100_000)
            try await service.bus.running(OutboxRelay(database, service.daemon)) {
                let refused = try await only(service)
                #expect((refused["reason"] as? String)?.contains("MSG_SIZE_TOO_LARGE") == true)
                let id = refused["id"] as? String ?? ""
                // As it is, the log refuses it again, and it is in the list again.
                let first = try await service.client.send(.post, "\(Operated.events)/\(id)/retry")
                #expect((first.status, first["status"]) == (.ok, "waiting"), "\(first.text)")
                _ = try await only(service)
                // The log's limit can't be raised here: the event is made smaller.
                let value = try EventCodec.committed().encode(event)
                try await database.execute("UPDATE outbox SET value = \(value) WHERE refused IS NOT NULL")
                #expect(try await service.client.send(.post, "\(Operated.events)/\(id)/retry").status == .ok)
                let records = try await service.bus.records(.authSessions, atLeast: 1)
                #expect(records.map { $0.header("ce_id") } == [id])
                #expect(try await service.client.send(.get, Operated.events).items.isEmpty)
                let gone = try await service.client.send(.post, "\(Operated.events)/\(id)/retry")
                #expect(gone.status == .notFound)
            }
        }
    }

    @Test func anOlderStateIsNotPublishedBehindANewerOne() async throws {
        try await Operated.run {
            $0.on(SessionEnded.self) { _, _ in }
        } _: { service in
            let user = UserID.new()
            try await put(Bus.user(user, version: 1), service, padding: 1_100_000)
            try await put(Bus.user(user, version: 2), service)
            try await service.bus.running(OutboxRelay(service.bus.database, service.daemon)) {
                let id = try await only(service)["id"] as? String ?? ""
                _ = try await service.bus.records(.authUsers, atLeast: 1)
                let path = "\(Operated.events)/\(id)"
                let refused = try await eventually("the relay to finish") {
                    let answer = try await service.client.send(.post, "\(path)/retry")
                    return answer.status == .serviceUnavailable ? nil : answer
                }
                #expect((refused.status, refused["code"]) == (.conflict, "superseded"), "\(refused.text)")
                let done = try await service.client.send(.post, "\(path)/discard", ["reason": "superseded"])
                #expect((done.status, done["status"]) == (.ok, "discarded"), "\(done.text)")
                #expect(try await service.client.send(.get, Operated.events).items.isEmpty)
                // Its line in the audit log is published at once.
                let lines = try await service.bus.records(.auditEvents, atLeast: 1)
                let entry = try EventCodec.committed().decode(AuditRecorded.self, from: lines[0].value ?? [])
                #expect((entry.action, entry.resourceID) == ("REFUSED_EVENT_DISCARDED", id))
            }
        }
    }

    @Test func aLineOfTheAuditLogCanNotBeDiscarded() async throws {
        try await Operated.run {
            $0.on(SessionEnded.self) { _, _ in }
        } _: { service in
            try await service.bus.database.transaction { tx in
                try tx.record(Change("X", "x"), by: Act(service: "test", tenant: nil, time: Date()))
            }
            try await service.bus.database.execute("UPDATE outbox SET refused = 'too large'")
            let id = try await only(service)["id"] as? String ?? ""
            let refused = try await service.client.send(.post, "\(Operated.events)/\(id)/discard", ["reason": "hm"])
            #expect((refused.status, refused["code"]) == (.conflict, "audit_evidence"), "\(refused.text)")
            _ = try await only(service)
        }
    }

    @Test func everyRouteOfOperationsKeepsTheRulesOfRoutes() async throws {
        let handler = StubbornHandler()
        try await Operated.run {
            $0.on(SessionEnded.self) { _, _ in try handler.check() }
        } _: { service in
            for _ in 0..<2 { try await service.bus.write(Bus.session()) }
            let letters = try await service.letters(2).map { $0["id"] as? String ?? "" }
            let events = [EventID.new(), .new()]
            for event in events { try await put(Bus.session(), service, id: event) }
            try await service.bus.database.execute("UPDATE outbox SET refused = 'too large'")
            handler.mend()
            let contract = RouteContract("test", service.client.routes)
            try await contract.refusesStrangersAndNonsense(service.client)
            func sample(_ path: String, _ action: String, _ id: String, _ body: JSONValue = [:]) -> SampleChange {
                SampleChange("POST \(path)", records: action, path: { _ in ["id": id] }, body: { _ in body })
            }
            let (dead, refused) = ("/operations/test/dead-letters/{id}", "/operations/test/refused-events/{id}")
            try await contract.everyChangeCountsOnceAndIsRecorded(
                [
                    sample("\(dead)/redrive", "DEAD_LETTER_REDRIVEN", letters[0]),
                    sample("\(dead)/discard", "DEAD_LETTER_DISCARDED", letters[1], ["reason": "r"]),
                    sample("\(refused)/retry", "REFUSED_EVENT_RETRIED", events[0].description),
                    sample("\(refused)/discard", "REFUSED_EVENT_DISCARDED", events[1].description, ["reason": "r"]),
                ],
                service.client,
                service.bus.database
            )
        }
    }

    /// The only refused event in the list.
    private func only(_ service: Operated) async throws -> [String: Any] {
        struct Item: @unchecked Sendable { let value: [String: Any] }
        return try await eventually("a refused event") {
            let items = try await service.client.send(.get, Operated.events).items
            return items.count == 1 ? Item(value: items[0]) : nil
        }.value
    }

    /// Puts an event into the outbox.
    ///
    /// - Parameter padding: Bytes that make it too large for the log.
    private func put<E: Event>(
        _ event: E,
        _ service: Operated,
        id: EventID = .new(),
        padding: Int = 0
    ) async throws {
        let value = try EventCodec.committed().encode(event) + [UInt8](repeating: 0, count: padding)
        let headers =
            #"{"ce_id": "\#(id)", "ce_type": "\#(E.name)", "ce_source": "test", "ce_time": "2026-06-01T12:00:00Z"}"#
        try await service.bus.database.execute(
            """
            INSERT INTO outbox (topic, key, value, headers)
            VALUES (\(E.topic.name), \(Array(event.key.utf8)), \(value), \(JSONB(headers)))
            """
        )
    }
}
