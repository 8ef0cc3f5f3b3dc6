import Foundation
import Logging
import NIOCore
import NIOHTTP1

/// The schema registry of this node: its state is the content of the topic `_schemas`.
extension Node {
    static let schemasTopic = "_schemas"

    /// A topic that this registry cannot use: something else created it, in a way that we do not read or that loses schemas.
    struct ForeignSchemas: Error, CustomStringConvertible {
        let what: String
        var description: String { "the topic _schemas \(what)" }
    }

    /// Rebuilds the registry's state. The topic is created first: otherwise a client's request could create it with other
    /// settings.
    func loadSchemas() throws {
        guard settings.schemaRegistry != nil else { return }
        let log = try internalLog(Self.schemasTopic)
        guard topics[Self.schemasTopic]?.partitions.count == 1, log.settings.compacts, !log.settings.deletes else {
            throw ForeignSchemas(what: "does not have one partition and cleanup.policy=compact: it loses schemas")
        }
        try log.segments.forEachBatch { header, batch in
            guard !header.isControl else { return }
            guard !header.isCompressed else {
                throw ForeignSchemas(what: "has compressed records at offset \(header.baseOffset)")
            }
            try Record.forEach(in: batch) { record in
                guard let key = record.key else { return }
                do {
                    let value = record.value.map { Data(batch[$0]) }
                    guard let entry = try SchemaRecord(key: Data(batch[key]), value: value) else { return }
                    schemas.apply(entry)
                } catch {
                    logger.warning(
                        "a record of _schemas is not understood",
                        metadata: ["offset": "\(record.offset)", "error": "\(error)"]
                    )
                }
            }
        }
    }

    func answerRegistry(_ request: HTTPServer.Request) async -> HTTPServer.Answer {
        do {
            let answer = try RegistryAPI.answer(RegistryRequest(request), schemas)
            try write(answer.records)
            // The records that another request has just written must also be on the disk before a client sees them.
            if let log = log(Self.schemasTopic, 0), log.isFlushDue {
                unflushed.insert(TopicPartition(topic: Self.schemasTopic, partition: 0))
            }
            try await flushWritten()
            return Self.answer(.ok, answer.json)
        } catch let error as RegistryError {
            return Self.refusal(error)
        } catch {
            logger.error("schema registry failed", metadata: ["path": "\(request.uri)", "error": "\(error)"])
            return Self.refusal(RegistryError(code: 50001, message: "Error in the backend data store: \(error)"))
        }
    }

    private func write(_ records: [SchemaRecord]) throws {
        guard !records.isEmpty else { return }
        let written = records.map { (key: Array($0.key.utf8), value: $0.value.map { Array($0.utf8) }) }
        try appendInternal(written, to: Self.schemasTopic)
        for record in records { schemas.apply(record) }
    }

    private static func answer(_ status: HTTPResponseStatus, _ json: Data) -> HTTPServer.Answer {
        HTTPServer.Answer(
            status: status,
            type: "application/vnd.schemaregistry.v1+json",
            body: ByteBuffer(bytes: json)
        )
    }

    private static func refusal(_ error: RegistryError) -> HTTPServer.Answer {
        struct Body: Encodable {
            let code: Int
            let message: String

            enum CodingKeys: String, CodingKey {
                case code = "error_code"
                case message
            }
        }
        let json = try? JSONEncoder().encode(Body(code: error.code, message: error.message))
        return answer(error.status, json ?? Data())
    }
}
