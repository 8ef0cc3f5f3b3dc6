import EventSchema
public import Foundation
import HTTPTypes
public import Identifiers
import Postgres
public import ServiceKit

/// An event in the outbox that the log would not take, as operators see it.
public struct RefusedEvent: Answer, Codable, Hashable, Sendable {
    /// What becomes of it.
    public enum Status: String, Codable, CaseIterable, Sendable {
        /// Somebody has to look at it.
        case refused
        /// The relay tries once more.
        case waiting
        case discarded
    }

    /// The event's own id.
    public var id: EventID
    public var status: Status
    public var topic: String
    public var eventType: String
    public var tenantId: TenantID?
    /// Why the log would not take it.
    public var reason: String
    /// The size of its key and value, in bytes.
    public var size: Int
    public var createdAt: Date
    /// Whether a newer event of its key was published since. A state that is superseded can't be published any more.
    public var isSuperseded: Bool
    /// Why it was discarded.
    public var note: String?

    /// Its place in the outbox.
    var row: Int64 = 0

    private enum CodingKeys: CodingKey {
        case id, status, topic, eventType, tenantId, reason, size, createdAt, isSuperseded, note
    }

    static let columns: SQL = """
        id, topic, headers->>'ce_id' AS event, COALESCE(headers->>'ce_type', '') AS type, headers->>'ce_tenantid' AS tenant, refused,
        octet_length(key) + COALESCE(octet_length(value), 0) AS size, created_at, superseded
        """

    init(_ row: Row) throws {
        let event: String = try row["event"]
        guard let id = EventID(event) else { throw Problem.notFound("refused event") }
        self.id = id
        self.row = try row["id"]
        status = .refused
        topic = try row["topic"]
        eventType = try row["type"]
        tenantId = (try row["tenant"] as String?).flatMap(TenantID.init)
        reason = try row["refused"]
        size = try row["size"]
        createdAt = try row["created_at"]
        isSuperseded = try row["superseded"]
    }

    /// - Throws: ``Problem`` 409 for an older state: published behind the newer one, it would win in its topic.
    func requireCurrent() throws {
        guard isSuperseded, Topic.all.contains(where: { $0.name == topic && $0.isCompacted }) else { return }
        throw Problem(.conflict, "superseded", "a newer state of the same key was published since: discard this one")
    }

    /// - Throws: ``Problem`` 409 for a line of the audit log, which nobody may make away with.
    func requireDisposable() throws {
        guard topic == Topic.auditEvents.name else { return }
        throw Problem(.conflict, "audit_evidence", "a line of the audit log can be tried again, but not discarded")
    }
}

/// The events in a service's outbox that the log would not take.
struct RefusedEvents: Sendable {
    let database: Database

    /// A page of them, the newest first.
    func list(before last: Int64?, limit: Int) async throws -> [RefusedEvent] {
        try await database.query(
            """
            SELECT \(sql: RefusedEvent.columns) FROM outbox
            WHERE refused IS NOT NULL AND headers->>'ce_id' IS NOT NULL AND id < \(last ?? .max) ORDER BY id DESC LIMIT \(Int64(limit))
            """
        ).map(RefusedEvent.init)
    }

    /// How many there are; counted up to a thousand.
    func count() async throws -> Int {
        let row = try await database.first(
            "SELECT count(*) AS n FROM (SELECT 1 FROM outbox WHERE refused IS NOT NULL LIMIT 1000) AS counted"
        )
        return try row?["n"] ?? 0
    }

    /// When the oldest event was written that is not published yet.
    func oldestWaiting() async throws -> Date? {
        try await database.first("SELECT created_at FROM outbox WHERE refused IS NULL ORDER BY id LIMIT 1")?[
            "created_at"
        ]
    }
}

extension Transaction {
    /// Hands a refused event to the relay once more.
    ///
    /// - Throws: ``Problem`` 404; 409 for a state that is superseded; 503 when the relay is busy for long.
    func retryRefused(_ id: EventID, by act: Act) async throws -> RefusedEvent {
        let before = try await lockRefused(id)
        try before.requireCurrent()
        try await execute("UPDATE outbox SET refused = NULL WHERE id = \(before.row)")
        var event = before
        event.status = .waiting
        // Its publication wakes the relay, which finds this one as well.
        try record(try Change("REFUSED_EVENT_RETRIED", "event", id, before: before, after: event), by: act)
        return event
    }

    /// Deletes a refused event.
    ///
    /// - Throws: ``Problem`` 404; 409 for a line of the audit log; 503 when the relay is busy for long.
    func discardRefused(_ id: EventID, because reason: String, by act: Act) async throws -> RefusedEvent {
        let before = try await lockRefused(id)
        try before.requireDisposable()
        try await execute("DELETE FROM outbox WHERE id = \(before.row)")
        var event = before
        event.status = .discarded
        event.note = reason
        try record(try Change("REFUSED_EVENT_DISCARDED", "event", id, before: before, after: event), by: act)
        return event
    }

    /// A refused event. The relay publishes nothing until this transaction ends: what it publishes meanwhile could supersede this one.
    private func lockRefused(_ id: EventID) async throws -> RefusedEvent {
        var attempts = 0
        while try await first("SELECT pg_try_advisory_xact_lock(\(OutboxRelay.lock)) AS held")?["held"] != true {
            attempts += 1
            guard attempts < 40 else {
                throw Problem(
                    .serviceUnavailable,
                    "outbox_busy",
                    "events are being published, and the log is slow; try again",
                    retryAfter: 5
                )
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        let row = try await first(
            """
            SELECT \(sql: RefusedEvent.columns) FROM outbox
            WHERE refused IS NOT NULL AND headers->>'ce_id' = \(id.description) FOR UPDATE
            """
        )
        guard let row else { throw Problem.notFound("refused event") }
        return try RefusedEvent(row)
    }
}
