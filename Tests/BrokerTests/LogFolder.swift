import Foundation

@testable import Broker

/// A partition's folder that is removed with the test.
final class LogFolder {
    let path = FileManager.default.temporaryDirectory.appending(path: "dcmms-log-\(UUID().uuidString)").path
    private let settings: LogSettings

    init(_ configuration: [String: String] = [:]) throws {
        settings = try LogSettings(configuration)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Opens the folder as a start of the broker does; background work runs at once.
    func open() throws -> PartitionLog {
        let recovered = try Recovery(directory: path)
        return PartitionLog(directory: path, settings: settings, recovered: recovered) { $0() }
    }
}

extension PartitionLog {
    static func batch(
        _ key: String,
        _ value: String?,
        timestamp: Int64 = 0,
        producer: BatchBuilder.Producer = .init(),
        transactional: Bool = false
    ) -> [UInt8] {
        var builder = BatchBuilder(timestamp: timestamp)
        builder.add(key: Array(key.utf8), value: value.map { Array($0.utf8) })
        return builder.batch(producer: producer, attributes: transactional ? 0b1_0000 : 0)
    }

    @discardableResult
    func append(
        _ key: String,
        _ value: String?,
        timestamp: Int64 = 0,
        producer: BatchBuilder.Producer = .init(),
        transactional: Bool = false
    ) throws -> Int64 {
        let batch = Self.batch(key, value, timestamp: timestamp, producer: producer, transactional: transactional)
        return try batch.withUnsafeBytes { try append($0, now: timestamp) }
    }

    /// Reads slice after slice, like a consumer.
    func values(from first: Int64) throws -> [String] {
        var (offset, values) = (first, [String]())
        while let slice = try slice(from: offset, below: end, maxBytes: 500) {
            var scan = BatchScan(slice.file, from: slice.position, to: slice.position + slice.count)
            var chain = BatchChain(base: 0, gapsAllowed: true)
            let end = slice.position + slice.count
            while let header = try scan.header(), header.size <= end - scan.position {
                try scan.next(&chain) { header, batch in
                    try Record.forEach(in: batch) { record in
                        guard record.offset >= offset, let value = record.value, !header.isControl else { return }
                        values.append(String(decoding: batch[value], as: UTF8.self))
                    }
                }
                offset = header.lastOffset + 1
            }
        }
        return values
    }

    func forEachRecord(_ body: (String, String?) -> Void) throws {
        try segments.forEachBatch { header, batch in
            guard !header.isControl else { return }
            try Record.forEach(in: batch) { record in
                guard let key = record.key else { return }
                body(
                    String(decoding: batch[key], as: UTF8.self),
                    record.value.map { String(decoding: batch[$0], as: UTF8.self) }
                )
            }
        }
    }

    /// The state that a reader of a state topic ends up with.
    func contents() throws -> [String: String?] {
        var state: [String: String?] = [:]
        try forEachRecord { state[$0] = .some($1) }
        return state
    }

    func compact() throws {
        guard let compaction = compaction(now: 2) else { return }
        try checkpointing(now: 2)()  // as the node does
        try finish(try compaction.run())
    }
}
