import Foundation
import Kafka
import LocalServers
import Testing

/// The same work done by clients that share no code with each other or with us.
@Suite struct ClientMatrixTests {
    // All pairs take a minute of processor time: in a quick run all clients read what one has written.
    @Test(arguments: isFullScale ? MatrixClient.all : [.confluent])
    func everyClientReadsWhatAnotherHasCompressed(writer: MatrixClient) async throws {
        let broker = try await BrokerProcess()
        let lines = MatrixClient.codecs.flatMap { codec in (0..<20).map { "\(codec) \($0) \(writer.name)" } }
        try await MatrixClient.unlessMissing {
            for codec in MatrixClient.codecs {
                let own = lines.filter { $0.hasPrefix("\(codec) ") }
                try await writer.produce(own, to: "codecs", codec: codec, at: broker.bootstrap)
            }
            for reader in MatrixClient.all {
                try await MatrixClient.unlessMissing {
                    let read = try await reader.read("codecs", at: broker.bootstrap)
                    #expect(read.sorted() == lines.sorted(), "read by \(reader.name)")
                }
            }
        }
        await broker.end()
    }

    @Test(arguments: MatrixClient.all.filter(\.hasTransactions))
    func onlyTheCommittedTransactionIsSeen(client: MatrixClient) async throws {
        let broker = try await BrokerProcess()
        try await MatrixClient.unlessMissing {
            try await KafkaAdmin(broker.settings).create([.init(name: "transactions", partitions: 1)])
            try await client.abortAndCommit(in: "transactions", at: broker.bootstrap)
            let committed = try await client.read("transactions", at: broker.bootstrap)
            #expect(committed == ["committed"])
            let read = try await MatrixClient.kcat.read("transactions", at: broker.bootstrap)
            #expect(read == ["committed"])
        }
        await broker.end()
    }

    @Test(arguments: MatrixClient.all.filter(\.hasAdmin))
    func topicsAreCreatedDescribedAlteredAndDeleted(client: MatrixClient) async throws {
        let broker = try await BrokerProcess()
        try await MatrixClient.unlessMissing { try await client.administer("managed", at: broker.bootstrap) }
        await broker.end()
    }

    @Test(arguments: isFullScale ? MatrixClient.all : [.kcat, .confluent])
    func aGroupSharesItsWorkWhenMembersJoinLeaveHangOrDie(client: MatrixClient) async throws {
        let broker = try await BrokerProcess()
        try await MatrixClient.unlessMissing {
            for strategy in isFullScale ? client.strategies : client.strategies.suffix(1) {
                try await rebalance(client, strategy, at: broker)
            }
        }
        await broker.end()
    }

    private func rebalance(_ client: MatrixClient, _ strategy: String, at broker: BrokerProcess) async throws {
        let crew = try await Crew(client, strategy: strategy, at: broker)
        do {
            try await rebalance(crew)
        } catch {
            await crew.end()
            throw error
        }
        await crew.end()
    }

    private func rebalance(_ crew: Crew) async throws {
        for name in ["anna", "bo", "cem"] { try await crew.start(name) }
        try await crew.works(as: ["anna", "bo", "cem"])
        try await crew.leave(["anna"])
        try await crew.works(as: ["bo", "cem"])
        try await crew.start("dora")
        try await crew.works(as: ["bo", "cem", "dora"])
        if isFullScale {
            crew.signal("bo", SIGSTOP)  // hangs: its session times out
            try await crew.works(as: ["cem", "dora"])
            crew.signal("bo", SIGCONT)  // learns that it is no longer a member, and joins again
            try await crew.works(as: ["bo", "cem", "dora"])
        }
        crew.signal("cem", SIGKILL)
        try await crew.works(as: ["bo", "dora"])
        try await crew.leave(["bo", "dora"])
        // The next member must not read again what the group has read.
        let before = crew.produced
        try await crew.start("eve")
        try await crew.works(as: ["eve"])
        #expect(crew.values(of: "eve").isDisjoint(with: before))
    }
}

/// The members of one consumer group, each of them a process.
private final class Crew {
    private static let partitions = 6

    private let client: MatrixClient
    private let strategy: String
    private let topic: String
    private let broker: BrokerProcess
    private let producer: KafkaProducer
    private var members: [String: ServerProcess] = [:]
    private(set) var produced: Set<String> = []

    init(_ client: MatrixClient, strategy: String, at broker: BrokerProcess) async throws {
        self.client = client
        self.strategy = strategy
        self.broker = broker
        topic = "work-\(strategy)"
        try await KafkaAdmin(broker.settings).create([.init(name: topic, partitions: Self.partitions)])
        producer = try KafkaProducer(broker.settings)
    }

    func start(_ name: String) async throws {
        let command = try await client.member(of: topic, reading: topic, strategy: strategy, at: broker.bootstrap)
        members[name] = try await ServerProcess.start(
            name,
            command,
            directory: broker.folder.appending(path: topic),
            lifetime: .starter
        )
    }

    func signal(_ name: String, _ signal: Int32) {
        if let member = members[name] { kill(member.pid, signal) }
    }

    /// The values that a member has printed.
    func values(of name: String) -> Set<String> {
        guard let log = members[name]?.log, let text = try? String(contentsOf: log, encoding: .utf8) else { return [] }
        let lines = text.split(separator: "\n").filter { $0.hasPrefix("got ") }
        return Set(lines.compactMap { $0.split(separator: " ").last.map(String.init) })
    }

    private struct Ended: Error {
        let what: String
    }

    /// Gives the group work until exactly these members share all of it.
    func works(as names: Set<String>) async throws {
        try await eventually("\(client.name) \(strategy): work shared by \(names.sorted())", within: .seconds(300)) {
            for (name, member) in members where names.contains(name) && !member.isRunning {
                throw Ended(what: "\(client.name) \(strategy): \(name) has ended: \(member.lastWords)")
            }
            let round = try await produce()
            let sharers = try await eventually(
                "\(client.name) \(strategy): all work done, \(names.sorted()) being there",
                within: .seconds(240)
            ) {
                let done = members.keys.map { (name: $0, values: values(of: $0).intersection(round)) }
                guard done.reduce(into: Set(), { $0.formUnion($1.values) }) == round else { return nil as Set<String>? }
                return Set(done.filter { !$0.values.isEmpty }.map(\.name))
            }
            return sharers == names ? true : nil
        }
    }

    private func produce() async throws -> Set<String> {
        let round = (0..<2 * Self.partitions).map {
            (partition: Int32($0 % Self.partitions), value: "\(produced.count + $0)")
        }
        try await producer.send(
            round.map { KafkaRecord(topic: topic, partition: $0.partition, key: nil, value: Array($0.value.utf8)) }
        )
        produced.formUnion(round.map(\.value))
        return Set(round.map(\.value))
    }

    /// Asks members to leave, and waits until they have: kcat commits and drops a record that comes in between.
    func leave(_ names: [String]) async throws {
        for name in names { signal(name, SIGTERM) }
        try await eventually("\(client.name) \(strategy): \(names) to leave") {
            names.contains { members[$0]?.isRunning == true } ? nil : true
        }
    }

    func end() async {
        for member in members.values { await member.kill() }
        await producer.close()
    }
}
