/// A message as it arrived, or as it shall be sent.
public struct MQTTMessage: Hashable, Sendable {
    public let topic: String
    public let payload: [UInt8]

    public init(topic: String, payload: [UInt8]) {
        self.topic = topic
        self.payload = payload
    }
}

/// Messages that arrived together.
public struct MQTTBatch: Sendable {
    public let messages: [MQTTMessage]
    private let settle: @Sendable (Settlement) -> Void

    enum Settlement { case acknowledged, givenBack }

    init(messages: [MQTTMessage], settle: @escaping @Sendable (Settlement) -> Void) {
        self.messages = messages
        self.settle = settle
    }

    /// Acknowledges all of them to the broker. Without it they are delivered again.
    ///
    /// It has no effect when the connection of the batch is over, nor where acknowledgement is automatic.
    public func acknowledge() { settle(.acknowledged) }

    /// Has all of them delivered again, at once: the connection is dropped and made anew.
    public func giveBack() { settle(.givenBack) }
}

/// What happens on a connection.
public enum MQTTEvent: Sendable {
    /// The broker accepted the connection and the subscriptions.
    case connected
    case disconnected(String)
    case messages(MQTTBatch)
}

/// What a client has done since it was made.
public struct MQTTCounters: Hashable, Sendable {
    public var connections = 0
    /// Messages handed over, those that were delivered again included.
    public var received = 0
    /// Messages whose acknowledgement was released.
    public var acknowledged = 0
    /// Messages handed over whose connection ended before they were acknowledged.
    public var unacknowledged = 0
    /// Messages that the broker acknowledged.
    public var published = 0
    /// Messages that the broker refused.
    public var refused = 0
}
