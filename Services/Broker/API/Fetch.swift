import Logging
import NIOCore

extension Node {
    func fetch(_ reader: inout WireReader, _ request: Request) throws {
        _ = try reader.integer(Int32.self)  // replica
        let maxWait = try reader.integer(Int32.self)
        let minBytes = try reader.integer(Int32.self)
        let maxBytes = try reader.integer(Int32.self)
        let isCommittedOnly = try reader.integer(Int8.self) == 1
        if request.version >= 7 {
            _ = try reader.integer(Int32.self)  // session: declined by answering 0
            _ = try reader.integer(Int32.self)
        }
        let topics = try reader.array { reader in
            FetchTopic(
                name: try reader.string(),
                partitions: try reader.array { reader in
                    let index = try reader.integer(Int32.self)
                    if request.version >= 9 { _ = try reader.integer(Int32.self) }  // leader epoch
                    let offset = try reader.integer(Int64.self)
                    if request.version >= 5 { _ = try reader.integer(Int64.self) }  // a follower's log start
                    return FetchPartition(index: index, offset: offset, maximum: try reader.integer(Int32.self))
                }
            )
        }
        let attempt: (Bool) -> Bool = { [self] isLast in
            var found = 0
            var hasError = false
            var body = WireWriter(capacity: 4096)
            body.integer(Int32(0))
            if request.version >= 7 {
                body.error(.none)
                body.integer(Int32(0))
            }
            body.array(topics) { body, topic in
                body.string(topic.name)
                body.array(topic.partitions) { body, partition in
                    let budget = max(0, Int(maxBytes) - found)
                    let part = read(topic.name, partition, budget: budget, isCommittedOnly)
                    found += part.records.readableBytes
                    hasError = hasError || part.error != .none
                    body.integer(partition.index)
                    body.error(part.error)
                    body.integer(part.end)
                    body.integer(part.lastStable)
                    if request.version >= 5 { body.integer(part.start) }
                    body.array(part.aborted) { body, aborted in
                        body.integer(aborted.producerID)
                        body.integer(aborted.first)
                    }
                    if request.version >= 11 { body.integer(Int32(-1)) }  // no other replica to prefer
                    body.bytes(part.records)
                }
            }
            guard isLast || hasError || found >= minBytes else { return false }
            request.respond(body)
            return true
        }
        if maxWait <= 0 || topics.isEmpty {
            // A fetch without partitions asks for nothing; answering at once would make its sender spin.
            if topics.isEmpty, maxWait > 0 { return wait(for: [], atMost: maxWait, attempt) }
            _ = attempt(true)
        } else if !attempt(false) {
            wait(for: Set(topics.flatMap(\.names)), atMost: maxWait, attempt)
        }
    }

    struct FetchTopic {
        var name: String
        var partitions: [FetchPartition]
        var names: [String] { partitions.map { Node.name(name, $0.index) } }
    }

    struct FetchPartition {
        var index: Int32
        var offset: Int64
        var maximum: Int32
    }

    private struct Part {
        var error = ErrorCode.none
        var end: Int64 = -1
        var lastStable: Int64 = -1
        var start: Int64 = -1
        var aborted: [ProducerStates.Aborted] = []
        var records = ByteBuffer()
    }

    private func read(_ topic: String, _ wanted: FetchPartition, budget: Int, _ isCommittedOnly: Bool) -> Part {
        guard let log = storage.partition(topic, wanted.index) else { return Part(error: .unknownTopicOrPartition) }
        var part = Part(end: log.end, lastStable: log.lastStable, start: log.start)
        do {
            let limit = isCommittedOnly ? log.lastStable : log.end
            // Within the budget; the first partition with records gives a batch at least, or a large one would never pass.
            guard budget > 0 || wanted.offset > log.end else { return part }
            part.records = try log.read(
                from: wanted.offset,
                upTo: limit,
                maximum: min(Int(wanted.maximum), budget)
            )
            if isCommittedOnly, part.records.readableBytes > 0 {
                part.aborted = log.producers.aborted(from: wanted.offset, upTo: limit)
            }
        } catch let code as ErrorCode {
            part.error = code
        } catch {
            logger.error("read failed", metadata: ["topic": "\(topic)", "error": "\(error)"])
            part.error = .kafkaStorageError
        }
        return part
    }
}
