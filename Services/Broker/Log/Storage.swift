import Foundation

/// The data folder: a folder a topic with its configuration, a folder a partition in it.
final class Storage {
    private let root: String
    private let lock: Int32
    private let flushesEveryAppend: Bool
    private var topics: [String: Topic] = [:]
    let defaultPartitions: Int

    struct Topic {
        var configuration: LogConfiguration
        var partitions: [PartitionLog]
    }

    /// - Throws: ``StorageError`` when another process holds the folder, or the disk refuses.
    init(root: String, defaultPartitions: Int, flushesEveryAppend: Bool) throws {
        self.root = root
        self.defaultPartitions = defaultPartitions
        self.flushesEveryAppend = flushesEveryAppend
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        lock = Glibc.open("\(root)/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard lock >= 0, flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            throw FolderInUse(path: root)
        }
        let wasClean = unlink("\(root)/clean") == 0
        for name in try FileManager.default.contentsOfDirectory(atPath: root).sorted() {
            guard let data = FileManager.default.contents(atPath: "\(root)/\(name)/topic.json") else { continue }
            let stored = try JSONDecoder().decode(StoredTopic.self, from: data)
            topics[name] = Topic(
                configuration: stored.configuration,
                partitions: try (0..<stored.partitions).map {
                    try open(name, partition: $0, stored.configuration, wasClean: wasClean)
                }
            )
        }
    }

    private struct StoredTopic: Codable {
        var partitions: Int
        var configuration: LogConfiguration
    }

    struct FolderInUse: Error, CustomStringConvertible {
        let path: String
        var description: String { "the data folder \(path) is in use by another broker" }
    }

    /// All topics, by name.
    var all: [(name: String, topic: Topic)] {
        topics.map { ($0.key, $0.value) }.sorted { $0.0 < $1.0 }
    }

    subscript(name: String) -> Topic? { topics[name] }

    func partition(_ topic: String, _ index: Int32) -> PartitionLog? {
        guard let partitions = topics[topic]?.partitions, index >= 0, index < partitions.count else { return nil }
        return partitions[Int(index)]
    }

    /// Names that Kafka takes: letters, digits, dot, underscore and hyphen, at most 249.
    static func isLegal(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 249 && name != "." && name != ".."
            && name.utf8.allSatisfy {
                switch $0 {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }

    func create(_ name: String, partitions: Int?, configuration: LogConfiguration = .init()) throws {
        guard Self.isLegal(name) else { throw ErrorCode.invalidTopic }
        guard topics[name] == nil else { throw ErrorCode.topicAlreadyExists }
        let count = partitions ?? defaultPartitions
        guard count > 0, count <= 10_000 else { throw ErrorCode.invalidPartitions }
        try FileManager.default.createDirectory(atPath: "\(root)/\(name)", withIntermediateDirectories: true)
        topics[name] = Topic(
            configuration: configuration,
            partitions: try (0..<count).map { try open(name, partition: $0, configuration, wasClean: true) }
        )
        // Last, and renamed into place: a folder without it is no topic.
        try store(name)
    }

    func configure(_ name: String, _ configuration: LogConfiguration) throws {
        guard topics[name] != nil else { throw ErrorCode.unknownTopicOrPartition }
        topics[name]?.configuration = configuration
        for partition in topics[name]?.partitions ?? [] { partition.configuration = configuration }
        try store(name)
    }

    func addPartitions(_ name: String, upTo count: Int) throws {
        guard let topic = topics[name] else { throw ErrorCode.unknownTopicOrPartition }
        guard count > topic.partitions.count, count <= 10_000 else { throw ErrorCode.invalidPartitions }
        let added = try (topic.partitions.count..<count).map {
            try open(name, partition: $0, topic.configuration, wasClean: true)
        }
        topics[name]?.partitions += added
        try store(name)
    }

    func delete(_ name: String) throws {
        guard topics.removeValue(forKey: name) != nil else { throw ErrorCode.unknownTopicOrPartition }
        unlink("\(root)/\(name)/topic.json")
        try FileManager.default.removeItem(atPath: "\(root)/\(name)")
    }

    /// Retention and compaction of everything.
    func tidy(now: Int64) throws {
        for (_, topic) in all {
            for partition in topic.partitions {
                try partition.retain(now: now)
                try partition.compact(now: now)
            }
        }
    }

    /// Flushes everything and leaves a mark, so that the next start need not verify.
    func close() throws {
        for (_, topic) in all {
            for partition in topic.partitions { try partition.synchronize() }
        }
        try "".write(toFile: "\(root)/clean", atomically: true, encoding: .utf8)
    }

    private func open(
        _ name: String,
        partition: Int,
        _ configuration: LogConfiguration,
        wasClean: Bool
    ) throws -> PartitionLog {
        try PartitionLog(
            directory: "\(root)/\(name)/\(partition)",
            configuration: configuration,
            flushesEveryAppend: flushesEveryAppend,
            wasClean: wasClean
        )
    }

    private func store(_ name: String) throws {
        guard let topic = topics[name] else { return }
        let stored = StoredTopic(partitions: topic.partitions.count, configuration: topic.configuration)
        try JSONEncoder().encode(stored).write(
            to: URL(fileURLWithPath: "\(root)/\(name)/topic.json"),
            options: .atomic
        )
    }
}
