import Logging
import NIOCore

extension Node {
    func produce(_ request: Request, _ response: inout WireWriter) throws {
        let version = request.version
        let (transactionalID, acks, topics) = try request.read { body in
            let transactionalID = try body.nullableString()
            let acks = try body.read(Int16.self)
            _ = try body.read(Int32.self)  // time-out: there is no replica to wait for
            let topics = try body.topics { body in
                let partition = (index: try body.read(Int32.self), records: try body.nullableBytes())
                try body.tags()
                return partition
            }
            return (transactionalID, acks, topics)
        }

        let results = topics.map { topic in
            let refusal = refusal(of: request, topic.name, transactionalID, acks)
            let partitions = topic.partitions.map { partition in
                let target = TopicPartition(topic: topic.name, partition: partition.index)
                let result =
                    refusal.map(Result.failure)
                    ?? append(partition.records, to: target, transactionalID: transactionalID)
                return (index: partition.index, result: result)
            }
            return ByTopic(name: topic.name, partitions: partitions)
        }
        if acks == 0 {
            // The client reads no answer, so it learns of a refusal when its connection is closed.
            for partition in results.flatMap({ $0.partitions }) { _ = try partition.result.get() }
            response.discard()
            return
        }

        response.topics(results) { response, _, partition in
            let appended = try? partition.result.get()
            var error = ErrorCode.none
            if case .failure(let refusal) = partition.result { error = refusal }
            response.write(partition.index)
            response.write(error)
            response.write(appended?.offset ?? -1)
            response.write(Int64(-1))  // append time: the records keep their own
            if version >= 5 { response.write(appended?.logStart ?? -1) }
            if version >= 8 {
                response.array([] as [Int]) { _, _ in }  // errors of single records
                response.write(nil as String?)
            }
        }
        response.write(Int32(0))  // throttle
        response.tags()
    }

    private struct Appended {
        let offset: Int64
        let logStart: Int64
    }

    private func append(
        _ records: ByteBuffer?,
        to target: TopicPartition,
        transactionalID: String?
    ) -> Result<Appended, ErrorCode> {
        guard let log = log(target) else { return .failure(.unknownTopicOrPartition) }
        guard let records else { return .failure(.invalidRecord) }
        do {
            let end = log.end
            let offset = try records.withUnsafeReadableBytes { batch -> Int64 in
                try admitProducer(batch, to: target, id: transactionalID)
                return try log.append(batch, now: now)
            }
            counters.bytesIn += records.readableBytes
            counters.recordsIn += Int(log.end - end)
            announce(target, bytes: records.readableBytes)
            noteAccepted(target)
            return .success(Appended(offset: offset, logStart: log.start))
        } catch let error as ErrorCode {
            return .failure(error)
        } catch {
            noteRefused(target, error)
            return .failure(.storageError)
        }
    }

    private func refusal(
        of request: Request,
        _ topic: String,
        _ transactionalID: String?,
        _ acks: Int16
    ) -> ErrorCode? {
        if let transactionalID, !allows(request, .write, .transactionalID(transactionalID)) {
            return .transactionalIDAuthorizationFailed
        }
        guard allows(request, .write, .topic(topic)) else { return .topicAuthorizationFailed }
        return (-1...1).contains(acks) ? nil : .invalidRequiredAcks
    }
}
