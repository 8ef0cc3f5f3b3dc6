import Foundation
import NIOCore
import Testing

@testable import Broker

/// What the handlers refuse, tested without a network.
@Suite struct RefusalTests {
    /// A produce with acks=0 has no answer: if the connection stays open, the client believes that its records were written.
    @Test(arguments: [("known", true), ("unknown", false)])
    func aRefusedProduceWithoutAnswerEndsTheConnection(_ topic: String, isTaken: Bool) async throws {
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

    /// If a topic of the broker were shortened or got another policy, it would lose what the broker needs.
    @Test(arguments: ["__consumer_offsets", "_schemas"])
    func theBrokersOwnTopicsCannotBeShortenedOrAltered(_ topic: String) async throws {
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

    /// A replica on a node that does not exist is a promise that nobody keeps.
    @Test(arguments: [
        ([[1], [1]], [[1]], ErrorCode.none), ([[1, 2]], [[1, 2]], .invalidReplicaAssignment),
        ([[7]], [[7]], .invalidReplicaAssignment), ([[]], [[1], [1]], .invalidReplicaAssignment),
    ])
    func replicasCanOnlyBeOnThisNode(created: [[Int32]], added: [[Int32]], error: ErrorCode) async throws {
        let folder = NodeFolder()
        let node = try folder.node()
        try await node.open()
        let creation = await node.creation(of: "new", on: created)
        #expect(creation.error(at: 4 + 4 + 2 + 3) == error)
        try await node.put("old", "a")
        let addition = await node.ending(37, 0) { body in
            body.array(["old"]) { body, topic in
                body.write(topic)
                body.write(Int32(2))
                body.array(added) { body, replicas in body.array(replicas) { $0.write($1) } }
            }
            body.write(Int32(1000))
            body.write(false)
        }
        #expect(addition.error(at: 4 + 4 + 2 + 3) == error)
        await node.close()
    }

    @Test(arguments: [("__debezium-heartbeat", ErrorCode.none), ("__transaction_state", .topicAuthorizationFailed)])
    func onlyTheBrokersOwnTopicNamesAreReserved(_ topic: String, error: ErrorCode) async throws {
        let folder = NodeFolder()
        let node = try folder.node()
        try await node.open()
        let creation = await node.creation(of: topic, on: [])
        #expect(creation.error(at: 4 + 4 + 2 + topic.utf8.count) == error)
        await node.close()
    }
}

private enum Ending: Equatable {
    case closed
    /// Served, and the client wanted no answer.
    case silence
    case answer([UInt8])

    func error(fromEnd distance: Int) -> ErrorCode? {
        guard case .answer(let bytes) = self else { return nil }
        return error(at: bytes.count - distance)
    }

    func error(at position: Int) -> ErrorCode? {
        guard case .answer(let bytes) = self, (0...bytes.count - 2).contains(position) else { return nil }
        return ErrorCode(rawValue: bytes.withUnsafeBytes { $0.bigEndian(at: position, as: Int16.self) })
    }
}

extension Node {
    /// How a request ends.
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

    fileprivate func creation(of topic: String, on nodes: [[Int32]]) async -> Ending {
        await ending(19, 2) { body in
            body.array([topic]) { body, topic in
                body.write(topic)
                body.write(Int32(-1))
                body.write(Int16(-1))
                body.array(Array(nodes.enumerated())) { body, partition in
                    body.write(Int32(partition.offset))
                    body.array(partition.element) { $0.write($1) }
                }
                body.array([] as [String]) { $0.write($1) }
            }
            body.write(Int32(1000))
            body.write(false)
        }
    }

    fileprivate func makeInternal(_ topic: String) throws { _ = try internalLog(topic) }

    fileprivate func isCompacted(_ topic: String) -> Bool {
        topics[topic].map { $0.settings.compacts && !$0.settings.deletes } == true
    }
}
