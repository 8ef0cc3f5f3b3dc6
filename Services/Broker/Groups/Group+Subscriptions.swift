import NIOCore
import OrderedCollections

/// Which topics a group reads.
extension Group {
    /// Whether a member reads the topic. True if that is not known, because the members are not consumers.
    func isSubscribed(to topic: String) -> Bool {
        guard !members.isEmpty else { return false }
        guard protocolType == "consumer" else { return true }
        return members.values.contains { member in
            let metadata = member.protocols.first { $0.name == protocolName } ?? member.protocols.first
            guard let topics = try? Self.subscription(metadata?.metadata ?? []) else { return true }
            return topics.contains(topic)
        }
    }

    /// Whether the group might need the topic. `false` is certain only while the group is stable.
    func mayNeed(_ topic: String) -> Bool { state != .stable || isSubscribed(to: topic) }

    /// The topics in a consumer's metadata: they follow the version.
    private static func subscription(_ metadata: [UInt8]) throws -> [String] {
        var fields = WireReader(ByteBuffer(bytes: metadata), isFlexible: false)
        _ = try fields.read(Int16.self)
        return try fields.array { try $0.string() }
    }
}
