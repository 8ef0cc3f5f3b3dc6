/// A topic's configuration: Kafka's names and defaults, as far as one node can fulfil them.
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
    var maxCompactionLagMilliseconds = Int64.max
    var minCleanableDirtyRatio = 0.5
    var maxMessageBytes = 1_048_588
    /// A produce that brings the unsynced records to this number waits until they are on the disk.
    var flushMessages = Int64.max
    /// How long records may be in the page cache only.
    var flushMilliseconds = Int64.max

    struct Invalid: Error {
        let message: String
    }

    /// A setting: its name, the name and the value of its broker-wide default, and how a value is checked and applied.
    private struct Key: Sendable {
        let name: String
        /// `nil`: there is none.
        let brokerName: String?
        let defaultValue: String
        /// Whether values can be added and taken away.
        let isList: Bool
        let apply: @Sendable (String, inout LogSettings) -> Bool

        init(
            _ name: String,
            _ brokerName: String?,
            _ defaultValue: String,
            isList: Bool = false,
            _ apply: @escaping @Sendable (String, inout LogSettings) -> Bool
        ) {
            (self.name, self.brokerName, self.defaultValue) = (name, brokerName, defaultValue)
            (self.isList, self.apply) = (isList, apply)
        }

        static func number<T: FixedWidthInteger & Sendable>(
            _ name: String,
            _ brokerName: String,
            atLeast least: T,
            _ path: any WritableKeyPath<LogSettings, T> & Sendable
        ) -> Key {
            Key(name, brokerName, "\(LogSettings()[keyPath: path])") { text, settings in
                guard let value = T(text), value >= least else { return false }
                settings[keyPath: path] = value
                return true
            }
        }

        /// Accepted only with the one value that is true here, so that a setting that cannot be honoured is refused.
        static func fixed(_ name: String, _ brokerName: String, _ value: String) -> Key {
            Key(name, brokerName, value) { text, _ in text == value }
        }

        /// No effect on one node, or on batches that are stored as they came: the value is stored and returned.
        static func withoutEffect(
            _ name: String,
            _ brokerName: String?,
            _ value: String,
            isList: Bool = false,
            _ isValid: @escaping @Sendable (String) -> Bool
        ) -> Key {
            Key(name, brokerName, value, isList: isList) { text, _ in isValid(text) }
        }
    }

    private static let keys: [Key] = [
        Key("cleanup.policy", "log.cleanup.policy", "delete", isList: true) { text, settings in
            let policies = Set(elements(text))
            guard !policies.isEmpty, policies.isSubset(of: ["delete", "compact"]) else { return false }
            settings.deletes = policies.contains("delete")
            settings.compacts = policies.contains("compact")
            return true
        },
        .number("retention.ms", "log.retention.ms", atLeast: -1, \.retentionMilliseconds),
        .number("retention.bytes", "log.retention.bytes", atLeast: -1, \.retentionBytes),
        .number("segment.bytes", "log.segment.bytes", atLeast: 1024, \.segmentBytes),
        .number("segment.ms", "log.roll.ms", atLeast: 1, \.segmentMilliseconds),
        .number("delete.retention.ms", "log.cleaner.delete.retention.ms", atLeast: 0, \.deleteRetentionMilliseconds),
        .number(
            "min.compaction.lag.ms",
            "log.cleaner.min.compaction.lag.ms",
            atLeast: 0,
            \.minCompactionLagMilliseconds
        ),
        .number(
            "max.compaction.lag.ms",
            "log.cleaner.max.compaction.lag.ms",
            atLeast: 1,
            \.maxCompactionLagMilliseconds
        ),
        .number("flush.messages", "log.flush.interval.messages", atLeast: 1, \.flushMessages),
        .number("flush.ms", "log.flush.interval.ms", atLeast: 0, \.flushMilliseconds),
        .number("max.message.bytes", "message.max.bytes", atLeast: 0, \.maxMessageBytes),
        Key("min.cleanable.dirty.ratio", "log.cleaner.min.cleanable.ratio", "0.5") { text, settings in
            guard let ratio = Double(text), (0...1).contains(ratio) else { return false }
            settings.minCleanableDirtyRatio = ratio
            return true
        },
        .fixed("message.timestamp.type", "log.message.timestamp.type", "CreateTime"),
        .withoutEffect("compression.type", "compression.type", "producer") {
            ["producer", "uncompressed", "gzip", "snappy", "lz4", "zstd"].contains($0)
        },
        .withoutEffect("min.insync.replicas", "min.insync.replicas", "1") { Int32($0).map { $0 >= 1 } ?? false },
        .withoutEffect("unclean.leader.election.enable", "unclean.leader.election.enable", "false") { Bool($0) != nil },
        .withoutEffect("message.format.version", "log.message.format.version", "3.0-IV1") {
            $0.first?.isNumber == true
        },
        .withoutEffect("message.downconversion.enable", "log.message.downconversion.enable", "true") {
            Bool($0) != nil
        },
        .withoutEffect("leader.replication.throttled.replicas", nil, "", isList: true, isThrottle),
        .withoutEffect("follower.replication.throttled.replicas", nil, "", isList: true, isThrottle),
    ]

    /// All replicas, none, or some as `partition:broker`.
    private static let isThrottle: @Sendable (String) -> Bool = { text in
        let replicas = elements(text)
        return replicas == ["*"] || replicas == ["none"]
            || replicas.allSatisfy { replica in
                let parts = replica.split(separator: ":", omittingEmptySubsequences: false)
                return parts.count == 2 && parts.allSatisfy { UInt32($0) != nil }
            }
    }

    /// A list's elements.
    private static func elements(_ text: String) -> [String] {
        text.split(separator: ",").map { String($0.trimmingPrefix(" ")) }
    }

    /// The topic setting whose broker-wide default has this name in Kafka.
    static func name(ofDefault brokerName: String) -> String? {
        keys.first { $0.brokerName == brokerName }?.name
    }

    /// Every key with its value and, in Kafka's numbers, its source: 1 the topic, 4 the broker's configuration, 5 neither.
    func described(over defaults: LogSettings) -> [(name: String, value: String, source: Int8)] {
        Self.keys.map { key in
            if let own = overrides[key.name] { return (key.name, own, 1) }
            if let common = defaults.overrides[key.name] { return (key.name, common, 4) }
            return (key.name, key.defaultValue, 5)
        }
    }

    /// The value that is in effect for a key.
    func value(of name: String) -> String? {
        overrides[name] ?? Self.keys.first { $0.name == name }?.defaultValue
    }

    /// A list after elements were added to it (without duplicates) or removed from it.
    ///
    /// - Throws: `Invalid` when the key is unknown or has one value only.
    static func list(
        _ name: String,
        _ present: String?,
        adding added: String = "",
        removing removed: String = ""
    ) throws(Invalid) -> String {
        guard let key = keys.first(where: { $0.name == name }) else {
            throw Invalid(message: "unknown topic configuration \(name)")
        }
        guard key.isList else { throw Invalid(message: "\(name) is no list: it is set as a whole") }
        let gone = elements(removed)
        var list = elements(present ?? key.defaultValue).filter { !gone.contains($0) }
        for element in elements(added) where !list.contains(element) { list.append(element) }
        return list.joined(separator: ",")
    }

    init() {}

    /// - Parameter defaults: the broker-wide ones.
    /// - Throws: `Invalid`, naming the key that is unknown or whose value cannot be honoured.
    init(_ overrides: [String: String], over defaults: LogSettings = LogSettings()) throws(Invalid) {
        self = defaults
        for (name, value) in overrides {
            guard let key = Self.keys.first(where: { $0.name == name }) else {
                throw Invalid(message: "unknown topic configuration \(name)")
            }
            guard key.apply(value, &self) else { throw Invalid(message: "invalid value \(value) for \(name)") }
        }
        self.overrides = overrides
    }
}
