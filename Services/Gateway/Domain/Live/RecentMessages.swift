import EventSchema
import Foundation
import Identifiers

/// One change as clients are told of it, in the form that all of them share.
struct LiveMessage: Sendable {
    var kind: LiveKind
    var tenant: TenantID
    /// Of the asset that the record is, or belongs to.
    var asset: AssetID?
    /// Of a record that has its site itself.
    var site: SiteID?
    var owners: [UserID] = []
    var assignees: [UserID] = []
    /// The topic's place in ``LogPosition/topics``.
    var topic: Int
    var partition: Int
    var offset: Int64
    /// JSON without the cursor and the last bracket.
    var body: [UInt8]
}

/// The newest messages of one topic: bounded in number and bytes, the oldest leave first.
struct RecentMessages: Sendable {
    private let limit: Int
    private let byteLimit: Int
    private var messages: [LiveMessage?] = []
    private var first = 0
    private(set) var bytes = 0

    init(limit: Int, bytes: Int) {
        (self.limit, byteLimit) = (max(1, limit), bytes)
    }

    var count: Int { messages.count - first }

    /// - Returns: What had to leave.
    mutating func append(_ message: LiveMessage) -> [LiveMessage] {
        messages.append(message)
        bytes += message.body.count
        var left: [LiveMessage] = []
        while count > limit || (bytes > byteLimit && count > 1) {
            guard let oldest = messages[first] else { break }
            left.append(oldest)
            bytes -= oldest.body.count
            messages[first] = nil
            first += 1
        }
        if first > limit {
            messages.removeFirst(first)
            first = 0
        }
        return left
    }

    /// Hands over the messages from a place in the log, the oldest first, until `body` refuses one.
    func each(from position: LogPosition, _ body: (LiveMessage) -> Bool) {
        for case let message? in messages[first...]
        where message.offset >= position[message.topic, message.partition] {
            if !body(message) { return }
        }
    }
}
