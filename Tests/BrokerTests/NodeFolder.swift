import Foundation
import Logging
import NIOCore
import NIOPosix
import Testing

@testable import Broker

/// A folder for one test, and nodes without a network that use it.
final class NodeFolder {
    let url: URL

    init(in parent: URL = FileManager.default.temporaryDirectory) {
        url = parent.appending(path: "dcmms-node-\(UUID().uuidString)")
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }

    /// Makes a copy of what a start after a kill at this moment would find.
    func copy(to other: NodeFolder) throws {
        try FileManager.default.copyItem(at: url, to: other.url)
    }

    func node(
        topics: [String: String] = [:],
        limits: Limits = Limits(),
        schemaRegistry: Endpoint? = nil,
        allowsPlainWithoutTLS: Bool = false
    ) throws -> Node {
        var settings = Settings()
        settings.allowsPlainWithoutTLS = allowsPlainWithoutTLS
        settings.schemaRegistry = schemaRegistry
        settings.data = url.path
        settings.limits = limits
        settings.topics = try LogSettings(topics)
        return try Node(
            settings: settings,
            eventLoop: MultiThreadedEventLoopGroup.singleton.next(),
            logger: Logger(label: "test")
        )
    }
}

extension Node {
    /// Appends one record like a produce, and waits as a produce does before its answer.
    ///
    /// - Returns: its offset.
    @discardableResult
    func put(_ topic: String, _ value: String, producer: BatchBuilder.Producer = .init()) async throws -> Int64 {
        let log = try log(topic, 0) ?? createTopic(topic, partitions: 1).partitions[0]
        var builder = BatchBuilder(timestamp: now)
        builder.add(key: Array("k".utf8), value: Array(value.utf8))
        let batch = builder.batch(producer: producer, attributes: producer.id < 0 ? 0 : 0b1_0000)
        let offset = try batch.withUnsafeBytes { try log.append($0, now: now) }
        announce(TopicPartition(topic: topic, partition: 0))
        try await flushWritten()
        return offset
    }

    /// Handles a request as if it had come over a connection.
    ///
    /// - Returns: the answer's body.
    func ask(_ key: Int16, _ version: Int16, _ body: [UInt8]) async throws -> [UInt8] {
        let api = try #require(API.byKey[key])
        var frame = ByteBuffer(bytes: key.bigEndianBytes + version.bigEndianBytes + [0, 0, 0, 1, 0xff, 0xff] + body)
        let header = try Request.Header(&frame)
        let request = try Request(
            api,
            header,
            rest: frame,
            session: Session(peer: "", isEncrypted: false, login: .over)
        )
        var response = WireWriter(isFlexible: api.isFlexible(version))
        try await api.handle(self, request, &response)
        return Array(response.buffer.readableBytesView)
    }

    /// As above, in a version that is not flexible.
    func ask(_ key: Int16, _ version: Int16, _ body: Body) async throws -> WireReader {
        let answer = try await ask(key, version, Array(body.buffer.readableBytesView))
        return WireReader(ByteBuffer(bytes: answer), isFlexible: false)
    }

    /// How far the partition has been synced.
    func flushedUpTo(_ topic: String) -> Int64 { log(topic, 0)?.flushedUpTo ?? -1 }
}
