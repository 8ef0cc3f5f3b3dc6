import Foundation
import LocalServers
import Testing

@testable import Broker

/// `inspect`, `verify` and `verify --repair` as an operator runs them, and what clients see before and after.
@Suite struct InspectionTests {
    private static let events = History.Partition(topic: "events", index: 0)
    private static let other = History.Partition(topic: "other", index: 0)
    private static let damaged: Int64 = 50

    @Test func aDamagedBatchIsNamedRefusedAndRepairedWhileTheRestIsServed() async throws {
        let broker = try await BrokerProcess()
        try await Thread.run { [port = broker.port] in try Self.fill(LogConnection(port: port)) }
        await broker.stop()
        let data = broker.folder.appending(path: "broker").path
        #expect(try await Self.run("verify", data).contains("all intact"))
        try await expectInventory(data)

        let file = Segment.path("\(data)/topics/events/0", 0, "log")
        let byte = try Self.damage(file, batch: Int(Self.damaged))
        try await Self.expectFailure(["verify", data], saying: "\(file) is damaged at byte \(byte)")

        try await broker.restart()
        try await Thread.run { [port = broker.port] in try Self.expectServedAround(LogConnection(port: port)) }
        await broker.stop()

        #expect(try await Self.run("verify", data, "--repair").hasSuffix("repaired\n"))
        #expect(try await Self.run("verify", data).contains("all intact"))
        #expect(FileManager.default.fileExists(atPath: "\(file).damaged-\(byte)"))
        // What the repair wrote must survive the next checkpoint: without the index, a start sees only the gap.
        try await broker.stopAndRestart()
        await broker.stop()
        try FileManager.default.removeItem(atPath: Segment.path("\(data)/topics/events/0", 0, "index"))
        try await broker.restart()
        let left = try await Thread.run { [port = broker.port] in
            try Self.read(Self.events, from: 0, LogConnection(port: port))
        }
        #expect(left == (0..<100).filter { $0 != Self.damaged })
        await broker.end()
    }

    @Test func inspectContinuesAfterDamage() async throws {
        let broker = try await BrokerProcess()
        try await Thread.run { [port = broker.port] in try Self.fill(LogConnection(port: port)) }
        await broker.stop()
        let data = broker.folder.appending(path: "broker").path
        let checkpoint = Checkpoint.path("\(data)/topics/events/0")
        try Data("?".utf8).write(to: URL(fileURLWithPath: checkpoint))
        try await Self.expectFailure(["inspect", data], saying: checkpoint, "topic other", "offsets 0..<100")
        try await Self.expectFailure(["inspect", data, "--json"], saying: "\"damages\"", "\"end\" : 100")
        await broker.end()
    }

    @Test func inspectListsProducersAndOpenTransactions() async throws {
        let broker = try await BrokerProcess()
        let producer = try await Thread.run { [port = broker.port] in
            let connection = try LogConnection(port: port)
            try connection.createTopics([("events", 1, ["segment.bytes": "1024"])])
            let producer = try connection.initializeProducer(transactionalID: "copier")
            try connection.addPartitions([Self.events], id: "copier", producer)
            for number in 0..<20 {
                var writer = producer
                writer.sequence = Int32(number)
                try connection.sendProduce(
                    .init([(nil, number)], to: Self.events, producer: writer, transactionalID: "copier", timestamp: 0)
                )
                _ = try connection.receiveProduced()
            }
            try connection.commit(7, of: Self.events, group: "readers")
            return producer
        }
        await broker.stop()
        let text = try await Self.run("inspect", broker.folder.appending(path: "broker").path)
        for line in [
            "topic events segment.bytes=1024", "  partition 0: offsets 0..<20, stable to 0", "    segment 0..<",
            "    producer \(producer.id) epoch 0, last sequence 19",
            "    open transaction of producer \(producer.id) from offset 0",
            "transactional id copier: ongoing, producer \(producer.id) epoch 0 events/0",
            "group readers: events/0 at 7",
        ] { #expect(text.contains(line), "\(line) is not in\n\(text)") }
        #expect(text.split(separator: "\n").count { $0.hasPrefix("    segment ") } > 2)
        await broker.end()
    }

    /// A hundred batches of one record in each of two topics.
    private static func fill(_ connection: LogConnection) throws {
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        try connection.createTopics([("events", 1, [:]), ("other", 1, [:])])
        for partition in [events, other] {
            for number in 0..<100 {
                let batch = LogConnection.Batch([(nil, number)], to: partition, producer: .init(), timestamp: now)
                try connection.sendProduce(batch)
                #expect(try connection.receiveProduced() == Int64(number))
            }
        }
    }

    private func expectInventory(_ data: String) async throws {
        struct Inventory: Decodable {
            struct Topic: Decodable {
                let name: String
                let partitions: [Partition]
            }

            struct Partition: Decodable {
                let start: Int64
                let end: Int64
            }

            let topics: [Topic]
        }

        let text = try await Self.run("inspect", data)
        #expect(text.contains("topic events\n  partition 0: offsets 0..<100, stable to 100"))
        let json = try JSONDecoder().decode(
            Inventory.self,
            from: Data(try await Self.run("inspect", data, "--json").utf8)
        )
        #expect(json.topics.map(\.name) == ["events", "other"])
        #expect(json.topics.map { $0.partitions.map(\.end) } == [[100], [100]])
    }

    /// - Returns: where the batch begins.
    private static func damage(_ file: String, batch number: Int) throws -> Int {
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
        var position = 0
        for _ in 0..<number {
            position += bytes.withUnsafeBytes { BatchHeader(UnsafeRawBufferPointer(rebasing: $0[position...])).size }
        }
        bytes[position + BatchHeader.size + 3] ^= 1
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        return position
    }

    private static func expectServedAround(_ connection: LogConnection) throws {
        #expect(try read(events, from: 0, upTo: damaged, connection) == Array(0..<damaged))
        #expect(throws: LogConnection.Refused.self) { try read(events, from: damaged, connection) }
        do {
            _ = try read(events, from: damaged, connection)
        } catch let refusal as LogConnection.Refused {
            #expect(refusal.error == .corruptMessage)
        }
        #expect(try read(events, from: 99, connection) == [99])
        #expect(try read(other, from: 0, connection) == Array(0..<100))
    }

    /// The offsets of the records in the range.
    private static func read(
        _ partition: History.Partition,
        from start: Int64,
        upTo end: Int64 = 100,
        _ connection: LogConnection
    ) throws -> [Int64] {
        var (offsets, position): ([Int64], Int64) = ([], start)
        while position < end {
            let fetched = try connection.fetch(partition, from: position, readsCommitted: false, maxBytes: 1 << 20)
            offsets += fetched.entries.map(\.offset)
            guard fetched.next > position else { break }
            position = fetched.next
        }
        return offsets
    }

    private static func run(_ arguments: String...) async throws -> String {
        try await Executables.run("dcmms-broker", arguments)
    }

    private static func expectFailure(_ arguments: [String], saying words: String...) async throws {
        do {
            let text = try await Executables.run("dcmms-broker", arguments)
            Issue.record("status 0: \(text)")
        } catch let error as LocalServerError {
            for word in ["ended with status 1"] + words { #expect("\(error)".contains(word)) }
        }
    }
}
