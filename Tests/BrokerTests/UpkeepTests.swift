import Foundation
import LocalServers
import Testing

@testable import Broker

/// What a broker must do by itself, without a request.
@Suite struct UpkeepTests {
    private static let (short, aged, table, held) = (
        History.Partition(topic: "short", index: 0), History.Partition(topic: "aged", index: 0),
        History.Partition(topic: "table", index: 0), History.Partition(topic: "held", index: 0)
    )

    @Test func logsAreShortenedAndCompactedAndSlowTransactionsAborted() async throws {
        let broker = try await BrokerProcess(["--upkeep-interval-ms", "20"])
        let port = broker.port
        let slow = try await onThread { try Self.fill(LogConnection(port: port)) }
        try await Self.eventually("retention by size", port) { try $0.start(of: Self.short) > 0 }
        // Retention never removes too much: what must be kept is still there.
        #expect(try await onThread { try Self.read(Self.short, LogConnection(port: port)).last?.value == 99 })
        try await Self.eventually("retention by time", port) { try $0.start(of: Self.aged) == 100 }
        try await Self.eventually("compaction", port) { try Self.read(Self.table, $0).count < 50 }
        try await onThread {
            let connection = try LogConnection(port: port)
            // A reader in the middle continues with what is left.
            let left = try Self.read(Self.table, connection)
            #expect(left.last == History.Entry(offset: 99, value: 99))
            // (Compaction may have removed more in the meantime.)
            let rest = try Self.read(Self.table, from: 1, connection)
            #expect(rest.last == left.last && rest.allSatisfy(left.contains))
        }
        try await Self.eventually("the abort", port) { connection in
            let fetched = try connection.fetch(Self.held, from: 0, readsCommitted: true, maxBytes: 1 << 20)
            #expect(fetched.entries.isEmpty)
            return fetched.stable == 2  // the record and its marker
        }
        let refused = await #expect(throws: LogConnection.Refused.self) {
            try await onThread { try LogConnection(port: port).endTransaction("slow", commits: true, slow) }
        }
        #expect(refused?.error == .invalidProducerEpoch)
        await broker.end()
    }

    /// - Returns: a producer that leaves its transaction open for longer than its time-out.
    private static func fill(_ connection: LogConnection) throws -> BatchBuilder.Producer {
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        let small = ["segment.bytes": "1024"]
        try connection.createTopics([
            ("short", 1, small.merging(["retention.bytes": "2048"]) { $1 }),
            ("aged", 1, small.merging(["retention.ms": "3600000"]) { $1 }),
            ("table", 1, small.merging(["cleanup.policy": "compact", "min.cleanable.dirty.ratio": "0"]) { $1 }),
            ("held", 1, [:]),
        ])
        for partition in [short, aged, table] {
            for number in 0..<100 {
                let batch = LogConnection.Batch(
                    [("k", number)],
                    to: partition,
                    producer: .init(),
                    timestamp: partition == aged ? now - 7_200_000 : now
                )
                try connection.sendProduce(batch)
                _ = try connection.receiveProduced()
            }
        }
        let producer = try connection.initializeProducer(transactionalID: "slow", timeout: 3000)
        try connection.addPartitions([held], id: "slow", producer)
        try connection.sendProduce(
            .init([(nil, 1)], to: held, producer: producer, transactionalID: "slow", timestamp: now)
        )
        _ = try connection.receiveProduced()
        return producer
    }

    private static func eventually(
        _ what: String,
        _ port: Int,
        _ holds: @escaping @Sendable (LogConnection) throws -> Bool
    ) async throws {
        try await LocalServers.eventually(what) {
            try await onThread { try holds(LogConnection(port: port)) } ? true : nil
        }
    }

    /// All that a partition holds from an offset, or from its start. Retention may move the start
    /// while it is read: the reader then begins again at the new one.
    private static func read(
        _ partition: History.Partition,
        from first: Int64? = nil,
        _ connection: LogConnection
    ) throws -> [History.Entry] {
        var (entries, position) = ([History.Entry](), try first ?? connection.start(of: partition))
        while true {
            do {
                let fetched = try connection.fetch(partition, from: position, readsCommitted: false, maxBytes: 1 << 20)
                entries += fetched.entries
                guard fetched.next > position else { return entries }
                position = fetched.next
            } catch let refused as LogConnection.Refused where refused.error == .offsetOutOfRange && first == nil {
                (entries, position) = ([], try connection.start(of: partition))
            }
        }
    }
}
