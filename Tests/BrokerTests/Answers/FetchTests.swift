import LocalServers
import NIOCore
import Testing

@testable import Broker

/// When a fetch waits, and what it returns.
@Suite struct FetchTests {
    @Test(.timeLimit(.minutes(10))) func aFetchWaitsForItsMinimumOfBytes() async throws {
        let folder = NodeFolder()
        let node = try folder.node()
        try await node.open()
        try await node.put("t", "a")
        let one = try await node.fetch(["t"], maxWait: 0).bytes
        async let fetched = node.fetch(["t"], maxWait: 60_000, minBytes: Int32(3 * one))
        for value in ["b", "c"] {
            try await eventually("the fetch to wait") { await node.waiting.isEmpty ? nil : true }
            try await node.put("t", value)
        }
        #expect(try await fetched.bytes == 3 * one)
        await node.close()
    }

    @Test(.timeLimit(.minutes(10))) func aFetchReturnsWhatThereIsWhenItsTimeIsOver() async throws {
        let folder = NodeFolder()
        let node = try folder.node()
        try await node.open()
        try await node.put("t", "a")
        let clock = ContinuousClock.now
        let fetched = try await node.fetch(["t"], maxWait: 50, minBytes: .max)
        #expect(ContinuousClock.now - clock >= .milliseconds(50))
        #expect(fetched.bytes > 0)
        await node.close()
    }

    /// As in Kafka. Nothing would wake such a fetch.
    @Test(.timeLimit(.minutes(10))) func aFetchWithoutPartitionsIsAnsweredAtOnce() async throws {
        let folder = NodeFolder()
        let node = try folder.node()
        try await node.open()
        #expect(try await node.fetch([], maxWait: .max).partitions.isEmpty)
        await node.close()
    }

    @Test func anErrorIsReturnedAtOnce() async throws {
        let folder = NodeFolder()
        let node = try folder.node()
        try await node.open()
        try await node.put("t", "a")
        let beyond = try await node.fetch(["t"], from: 2, maxWait: .max, minBytes: .max)
        #expect(beyond.partitions.map(\.error) == [.offsetOutOfRange])
        let unknown = try await node.fetch(["t", "unknown"], maxWait: .max, minBytes: .max)
        #expect(unknown.partitions.map(\.error) == [ErrorCode.none, .unknownTopicOrPartition])
        await node.close()
    }

    /// The first batch is always whole, or a client with small limits would make no progress; the others come later.
    @Test func aSmallLimitReturnsOneBatch() async throws {
        let folder = NodeFolder()
        let node = try folder.node()
        try await node.open()
        for topic in ["t", "u"] { for value in ["a", "b"] { try await node.put(topic, value) } }
        let whole = try await node.fetch(["t", "u"], maxWait: 0)
        let little = try await node.fetch(["t", "u"], maxWait: 0, maxBytes: 1)
        #expect(little.bytes == whole.bytes / 4)
        let piece = try await node.fetch(["t", "u"], maxWait: 0, partitionBytes: 1)
        #expect(piece.bytes == whole.bytes / 2)
        await node.close()
    }

    @Test func readCommittedEndsBeforeOpenTransactionsAndListsAbortedOnes() async throws {
        let folder = NodeFolder()
        let node = try folder.node()
        try await node.open()
        try await node.put("t", "a")
        try await node.put("t", "b", producer: .init(id: 7, epoch: 0, sequence: 0))
        let open = try await node.fetch(["t"], maxWait: 0, readsCommitted: true).partitions[0]
        #expect((open.stable, open.highWatermark, open.aborted?.isEmpty) == (1, 2, true))
        let all = try await node.fetch(["t"], maxWait: 0).partitions[0]
        #expect(all.records > open.records && all.aborted == nil)
        try await node.abort("t", producerID: 7)
        let ended = try await node.fetch(["t"], maxWait: 0, readsCommitted: true).partitions[0]
        #expect((ended.stable, ended.highWatermark) == (3, 3))
        #expect(ended.aborted == [.init(producerID: 7, firstOffset: 1, lastOffset: -1)])
        await node.close()
    }

    /// Sessions are not offered: a client that asks for one gets none, and all partitions. A client that continues another
    /// broker's session gets an error instead of an answer for the few partitions that it names.
    @Test(arguments: [(0, -1, ErrorCode.none), (0, 0, .none), (9, 0, .none), (9, 1, .fetchSessionIDNotFound)])
    func sessionsAreDeclined(id: Int32, epoch: Int32, error: ErrorCode) async throws {
        let folder = NodeFolder()
        let node = try folder.node()
        try await node.open()
        try await node.put("t", "a")
        let fetched = try await node.fetch(["t"], maxWait: 0, session: (id, epoch))
        #expect(fetched.error == error && fetched.session == 0)
        #expect(fetched.partitions.count == (error == .none ? 1 : 0))
        await node.close()
    }
}

private struct Fetched: Sendable {
    struct Partition: Sendable {
        let error: ErrorCode?
        let highWatermark: Int64
        let stable: Int64
        /// nil: read_uncommitted.
        let aborted: [ProducerStates.AbortedTransaction]?
        /// In bytes.
        let records: Int
    }

    let error: ErrorCode?
    let session: Int32
    let partitions: [Partition]

    var bytes: Int { partitions.reduce(0) { $0 + $1.records } }
}

extension Node {
    /// By Fetch 7.
    fileprivate func fetch(
        _ topics: [String],
        from offset: Int64 = 0,
        maxWait: Int32,
        minBytes: Int32 = 1,
        maxBytes: Int32 = .max,
        partitionBytes: Int32 = .max,
        readsCommitted: Bool = false,
        session: (id: Int32, epoch: Int32) = (0, -1)
    ) async throws -> Fetched {
        var body = Body().int32(-1).int32(maxWait).int32(minBytes).int32(maxBytes).int8(readsCommitted ? 1 : 0)
            .int32(session.id).int32(session.epoch).int32(Int32(topics.count))
        for topic in topics { body = body.string(topic).one().int32(0).int64(offset).int64(-1).int32(partitionBytes) }
        var answer = try await ask(1, 7, body.int32(0))
        _ = try answer.read(Int32.self)  // throttle
        let (error, id) = (ErrorCode(rawValue: try answer.read()), try answer.read(Int32.self))
        let partitions = try answer.array { topic in
            _ = try topic.string()
            return try topic.array { partition in
                _ = try partition.read(Int32.self)
                let error = ErrorCode(rawValue: try partition.read())
                let (end, stable) = (try partition.read(Int64.self), try partition.read(Int64.self))
                _ = try partition.read(Int64.self)  // log start
                let aborted = try partition.nullableArray {
                    ProducerStates.AbortedTransaction(
                        producerID: try $0.read(),
                        firstOffset: try $0.read(),
                        lastOffset: -1
                    )
                }
                let records = try partition.nullableBytes()?.readableBytes ?? 0
                return Fetched.Partition(
                    error: error,
                    highWatermark: end,
                    stable: stable,
                    aborted: aborted,
                    records: records
                )
            }
        }
        return Fetched(error: error, session: id, partitions: partitions.flatMap(\.self))
    }

    fileprivate func abort(_ topic: String, producerID: Int64) throws {
        try log(topic, 0)?.appendMarker(commit: false, producerID: producerID, epoch: 0, now: now)
    }
}
