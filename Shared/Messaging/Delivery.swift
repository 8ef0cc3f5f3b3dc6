public import EventSchema
import Foundation
import Identifiers

/// An event as it reached a consumer: what it says and where it came from.
public struct Delivery<E: Event>: Sendable {
    /// The decoded event.
    public let event: E
    /// Its CloudEvents headers.
    public let metadata: EventMetadata

    public init(event: E, metadata: EventMetadata) {
        self.event = event
        self.metadata = metadata
    }
}

/// A state that is gone, as its tombstone says.
public struct Deletion<Key: Sendable>: Sendable {
    /// Of what was deleted.
    public let key: Key
    /// The tombstone's CloudEvents headers.
    public let metadata: EventMetadata

    public init(key: Key, metadata: EventMetadata) {
        self.key = key
        self.metadata = metadata
    }
}

/// Thrown by a handler for an event that can't be handled however often it is tried: it is sent to the dead letters at once.
public struct EventRefused: Error, Hashable, CustomStringConvertible {
    /// For a person, for example `asset 0190… is not of this tenant`.
    public let reason: String

    public init(_ reason: String) {
        self.reason = reason
    }

    public var description: String { reason }
}
