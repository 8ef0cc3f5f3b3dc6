/// A topic's configuration: Kafka's names and defaults, as far as one node can keep what they promise.
struct LogSettings: Equatable, Sendable {
    /// Set on the topic; everything else has its default.
    private(set) var overrides: [String: String] = [:]

    var deletes = true
    var compacts = false
    var retentionMilliseconds: Int64 = 604_800_000
    var retentionBytes: Int64 = -1
    var segmentBytes = 64 << 20
    var segmentMilliseconds: Int64 = 604_800_000
    var deleteRetentionMilliseconds: Int64 = 86_400_000
    var minCompactionLagMilliseconds: Int64 = 0
    var minCleanableDirtyRatio = 0.5
    var maxMessageBytes = 1_048_588

    struct Invalid: Error {
        let message: String
    }

    /// Name, default, and what a value must look like and does.
    private struct Key: Sendable {
        let name: String
        let defaultValue: String
        let apply: @Sendable (String, inout LogSettings) -> Bool

        init(_ name: String, _ defaultValue: String, _ apply: @escaping @Sendable (String, inout LogSettings) -> Bool) {
            self.name = name
            self.defaultValue = defaultValue
            self.apply = apply
        }

        static func number<T: FixedWidthInteger & Sendable>(
            _ name: String,
            _ defaultValue: T,
            atLeast least: T,
            _ path: any WritableKeyPath<LogSettings, T> & Sendable
        ) -> Key {
            Key(name, "\(defaultValue)") { text, settings in
                guard let value = T(text), value >= least else { return false }
                settings[keyPath: path] = value
                return true
            }
        }

        /// Accepted only with the one value that is true here, so that a wish which cannot be granted is refused.
        static func fixed(_ name: String, _ value: String) -> Key {
            Key(name, value) { text, _ in text == value }
        }
    }

    private static let keys: [Key] = [
        Key("cleanup.policy", "delete") { text, settings in
            let policies = Set(text.split(separator: ",").map { $0.trimmingPrefix(" ") })
            guard !policies.isEmpty, policies.isSubset(of: ["delete", "compact"]) else { return false }
            settings.deletes = policies.contains("delete")
            settings.compacts = policies.contains("compact")
            return true
        },
        .number("retention.ms", 604_800_000, atLeast: -1, \.retentionMilliseconds),
        .number("retention.bytes", -1, atLeast: -1, \.retentionBytes),
        .number("segment.bytes", 64 << 20, atLeast: 1024, \.segmentBytes),
        .number("segment.ms", 604_800_000, atLeast: 1, \.segmentMilliseconds),
        .number("delete.retention.ms", 86_400_000, atLeast: 0, \.deleteRetentionMilliseconds),
        .number("min.compaction.lag.ms", 0, atLeast: 0, \.minCompactionLagMilliseconds),
        .number("max.message.bytes", 1_048_588, atLeast: 0, \.maxMessageBytes),
        Key("min.cleanable.dirty.ratio", "0.5") { text, settings in
            guard let ratio = Double(text), (0...1).contains(ratio) else { return false }
            settings.minCleanableDirtyRatio = ratio
            return true
        },
        .fixed("compression.type", "producer"),
        .fixed("message.timestamp.type", "CreateTime"),
        .fixed("min.insync.replicas", "1"),
        .fixed("unclean.leader.election.enable", "false"),
    ]

    static let defaults: [(name: String, value: String)] = keys.map { ($0.name, $0.defaultValue) }

    init() {}

    /// - Throws: `Invalid`, naming the key that is unknown or whose value cannot be honoured.
    init(_ overrides: [String: String]) throws(Invalid) {
        for (name, value) in overrides {
            guard let key = Self.keys.first(where: { $0.name == name }) else {
                throw Invalid(message: "unknown topic configuration \(name)")
            }
            guard key.apply(value, &self) else { throw Invalid(message: "invalid value \(value) for \(name)") }
        }
        self.overrides = overrides
    }
}
