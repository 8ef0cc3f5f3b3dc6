import Foundation
import NIOCore
import Testing

@testable import Broker

/// What the handlers refuse, asked without a network.
@Suite struct RefusalTests {
    /// A produce with acks=0 has no answer: when the connection stays open, its client takes the records for written.
    @Test(arguments: [("known", true), ("unknown", false)])
    func aRefusedProduceThatWantsNoAnswerEndsTheConnection(_ topic: String, isTaken: Bool) async throws {
        let folder = NodeFolder()
        let node = try folder.node()
        try await node.open()
        try await node.put("known", "a")
        let ending = await node.ending(0, 3) { body in
            body.write(nil as String?)
            body.write(Int16(0))  // acks
            body.write(Int32(1000))
            body.array([topic]) { body, topic in
                body.write(topic)
                body.array([Int32(0)]) { body, partition in
                    body.write(partition)
                    var builder = BatchBuilder(timestamp: 0)
                    builder.add(key: nil, value: [1])
                    body.bytes(builder.batch())
                }
            }
        }
        #expect(ending == (isTaken ? .silence : .closed))
        await node.close()
    }

    /// Shortened or with another policy, a topic of the broker's own loses what the broker needs.
    @Test(arguments: ["__consumer_offsets", "_schemas"])
    func theBrokersOwnTopicsAreNeitherShortenedNorSetOtherwise(_ topic: String) async throws {
        let folder = NodeFolder()
        let node = try folder.node(schemaRegistry: Endpoint(host: "127.0.0.1", port: 0))
        try await node.open()
        try await node.makeInternal(topic)
        let shortened = await node.ending(21, 1) { body in
            body.array([topic]) { body, topic in
                body.write(topic)
                body.array([Int32(0)]) { body, partition in
                    body.write(partition)
                    body.write(Int64(-1))
                }
            }
            body.write(Int32(1000))
        }
        #expect(shortened.error(fromEnd: 2) == .topicAuthorizationFailed)
        let altered = await node.ending(44, 0) { body in
            body.array([topic]) { body, topic in
                body.write(Int8(2))
                body.write(topic)
                body.array(["cleanup.policy"]) { body, key in
                    body.write(key)
                    body.write(Int8(0))
                    body.write("delete")
                }
            }
            body.write(false)
        }
        #expect(altered.error(fromEnd: 2 + 2 + 1 + 2 + topic.utf8.count) == .topicAuthorizationFailed)
        #expect(await node.isCompacted(topic))
        await node.close()
    }
}

private enum Ending: Equatable {
    case closed
    /// Served, and no answer was wanted.
    case silence
    case answer([UInt8])

    func error(fromEnd distance: Int) -> ErrorCode? {
        guard case .answer(let bytes) = self, bytes.count >= distance else { return nil }
        let number = bytes.withUnsafeBytes { $0.bigEndian(at: bytes.count - distance, as: Int16.self) }
        return ErrorCode(rawValue: number)
    }
}

extension Node {
    /// What becomes of a request.
    fileprivate func ending(
        _ key: Int16,
        _ version: Int16,
        _ body: @Sendable (inout WireWriter) -> Void
    ) async -> Ending {
        var frame = WireWriter(isFlexible: false)
        frame.write(key)
        frame.write(version)
        frame.write(Int32(1))
        frame.write(nil as String?)
        body(&frame)
        do {
            var rest = frame.buffer
            let header = try Request.Header(&rest)
            guard let api = API.byKey[key] else { return .closed }
            var response = WireWriter(isFlexible: false)
            try await api.handle(
                self,
                Request(api, header, rest: rest, session: Session(peer: "", isEncrypted: false, login: .over)),
                &response
            )
            return response.isDiscarded ? .silence : .answer(response.written)
        } catch {
            return .closed
        }
    }

    fileprivate func makeInternal(_ topic: String) throws { _ = try internalLog(topic) }

    fileprivate func isCompacted(_ topic: String) -> Bool {
        topics[topic].map { $0.settings.compacts && !$0.settings.deletes } == true
    }
}
