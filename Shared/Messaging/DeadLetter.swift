public import Foundation
import HTTPTypes
public import Identifiers
import Postgres
public import ServiceKit

/// A record that a consumer could not decode or had to refuse, as operators see it.
public struct DeadLetter: Answer, Codable, Hashable, Sendable {
    /// What became of it.
    public enum Status: String, Codable, CaseIterable, Sendable {
        /// Somebody has to look at it.
        case open
        /// It was handled once more, with success.
        case handled
        /// Its event had been handled already, or its sender was told of the refusal.
        case handledBefore = "handled_before"
        /// It is a state, and a newer one of the same key is in its place.
        case superseded
        /// This version of the daemon does nothing with such an event.
        case passedOver = "passed_over"
        /// Somebody decided that it is not to be handled.
        case discarded
    }

    public var id: DeadLetterID
    public var status: Status
    /// The topic, partition and offset of the record that was refused.
    public var topic: String
    public var partition: Int
    public var offset: Int64
    /// Why it was refused, the last time that it was tried.
    public var reason: String
    public var eventId: EventID?
    public var eventType: String?
    public var tenantId: TenantID?
    public var refusedAt: Date
    /// Whether the dead letter has the record's contents. If not, they are only in the topic itself, as long as the log keeps it there.
    public var hasContents: Bool
    /// How often it was tried once more without success, and when last.
    public var attempts: Int
    public var attemptedAt: Date?
    public var closedAt: Date?
    public var closedBy: UserID?
    /// Why it was discarded.
    public var note: String?

    /// The record's key, if it is of reasonable length.
    var key: [UInt8]?
    var isDeletion = false

    private enum CodingKeys: CodingKey {
        case id, status, topic, partition, offset, reason, eventId, eventType, tenantId, refusedAt, hasContents,
            attempts
        case attemptedAt, closedAt, closedBy, note
    }

    init(_ row: Row) throws {
        id = try row["id"]
        let status: String = try row["status"]
        self.status = Status(rawValue: status) ?? .open
        topic = try row["topic"]
        partition = try row["partition"]
        offset = try row["record_offset"]
        reason = try row["reason"]
        eventId = try row["event_id"]
        eventType = try row["event_type"]
        tenantId = try row["event_tenant"]
        refusedAt = try row["buried_at"]
        hasContents = try !row["is_cut"]
        attempts = try row["attempts"]
        attemptedAt = try row["attempted_at"]
        closedAt = try row["closed_at"]
        closedBy = try row["closed_by"]
        note = try row["note"]
        key = try row["key"]
        isDeletion = try row["is_deletion"]
    }
}

/// What an operator gets who acts on something that is no longer as it was.
extension DeadLetter {
    /// - Throws: ``Problem`` 409 unless it is open.
    func requireOpen() throws {
        guard status == .open else {
            throw Problem(.conflict, "dead_letter_closed", "the dead letter is \(status.rawValue) already")
        }
    }
}
