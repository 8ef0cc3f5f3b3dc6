import Logging
import NIOCore

extension Node {
    func produce(_ reader: inout WireReader, _ request: Request) throws {
        let transactionalID = try reader.nullableString()
        let acks = try reader.integer(Int16.self)
        _ = try reader.integer(Int32.self)  // time-out: there is no replica to wait for
        let topics = try reader.array { reader in
            let name = try reader.string()
            return (
                name,
                try reader.array { reader in (try reader.integer(Int32.self), try reader.nullableBytes()) }
            )
        }
        var body = WireWriter()
        var written: [String] = []
        body.array(topics) { body, topic in
            body.string(topic.0)
            body.array(topic.1) { body, partition in
                let result = append(partition.1, to: topic.0, partition.0, transactionalID)
                body.integer(partition.0)
                body.error(result.error)
                body.integer(result.offset)
                body.integer(Int64(-1))  // the log does not set timestamps
                if request.version >= 5 { body.integer(storage.partition(topic.0, partition.0)?.start ?? -1) }
                if request.version >= 8 {
                    body.array([Int32]()) { $0.integer($1) }
                    body.string(nil)
                }
                if result.error == .none { written.append(Self.name(topic.0, partition.0)) }
            }
        }
        body.integer(Int32(0))
        request.respond(acks == 0 ? nil : body)
        for partition in written { wake(partition) }
    }

    private func append(
        _ records: ByteBuffer?,
        to topic: String,
        _ partition: Int32,
        _ transactionalID: String?
    ) -> (error: ErrorCode, offset: Int64) {
        guard let log = storage.partition(topic, partition) else { return (.unknownTopicOrPartition, -1) }
        guard let records, records.readableBytes > 0 else { return (.invalidRecord, -1) }
        do {
            if let transactionalID {
                try transactions.requireOpen(transactionalID, partition: Self.name(topic, partition))
            }
            return (.none, try log.append(records))
        } catch let code as ErrorCode {
            return (code, -1)
        } catch {
            logger.error("append failed", metadata: ["topic": "\(topic)", "error": "\(error)"])
            return (.kafkaStorageError, -1)
        }
    }
}
