import Foundation
import TestSupport

@testable import Broker

/// An idempotent producer of one partition with several batches in flight. After a lost connection it sends them again, in
/// their order. Sometimes it gives up instead and begins anew as another producer: then their fate is unknown.
struct Sender {
    private struct InFlight {
        let batch: LogConnection.Batch
        let sends: [(invoked: Int, send: Operation.Send)]
    }

    private static let depth = 5

    let load: CrashLoad
    let process: Int
    let partition: History.Partition
    let hasKeys: Bool
    var random: Seeded
    private var producer: BatchBuilder.Producer?
    private var inFlight: [InFlight] = []

    init(_ load: CrashLoad, process: Int, to partition: History.Partition, hasKeys: Bool = false, seed: UInt64) {
        self.load = load
        self.process = process
        self.partition = partition
        self.hasKeys = hasKeys
        random = Seeded(seed)
    }

    mutating func run() throws {
        while !load.isStopping || !inFlight.isEmpty {
            let connection = try load.connect(process)
            do {
                try send(over: connection)
            } catch is LogConnection.Lost {
                if random.oneIn(6) { giveUp() }
            }
        }
    }

    private mutating func send(over connection: LogConnection) throws {
        if producer == nil { producer = try connection.initializeProducer(transactionalID: nil) }
        for waiting in inFlight { try connection.sendProduce(waiting.batch) }
        while true {
            while !load.isStopping, inFlight.count < Self.depth {
                inFlight.append(nextBatch())
                try connection.sendProduce(inFlight[inFlight.count - 1].batch)
            }
            guard !inFlight.isEmpty else { return }
            let offset = try connection.receiveProduced()
            for (index, (invoked, send)) in inFlight.removeFirst().sends.enumerated() {
                var send = send
                send.offset = offset + Int64(index)
                load.record(process, since: invoked, .ok, .send(send))
            }
        }
    }

    private mutating func nextBatch() -> InFlight {
        let sends = (0..<Int.random(in: 1...8, using: &random)).map { _ in
            let value = load.newValue()
            // Some keys are replaced again and again. Others come only once, so that the test notices if compaction drops
            // them.
            let key = random.oneIn(4) ? "once \(value)" : "k\(Int.random(in: 0..<20, using: &random))"
            return (
                invoked: load.now(),
                send: Operation.Send(partition: partition, value: value, key: hasKeys ? key : nil)
            )
        }
        let batch = LogConnection.Batch(
            sends.map { ($0.send.key, $0.send.value) },
            to: partition,
            producer: producer ?? BatchBuilder.Producer(),
            timestamp: Int64(Date().timeIntervalSince1970 * 1000)
        )
        producer?.sequence += Int32(sends.count)
        return InFlight(batch: batch, sends: sends)
    }

    private mutating func giveUp() {
        for (invoked, send) in inFlight.flatMap(\.sends) { load.record(process, since: invoked, .unknown, .send(send)) }
        inFlight = []
        producer = nil
    }
}
