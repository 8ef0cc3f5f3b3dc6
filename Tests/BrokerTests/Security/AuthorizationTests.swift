import Foundation
import Logging
import NIOCore
import NIOPosix
import Testing

@testable import Broker

/// Every API that is served: it refuses a user without rights, with Kafka's error, and does not refuse a user with them.
///
/// An API that is added without an entry here fails the test, so that somebody decides.
@Suite struct AuthorizationTests {
    private enum Decision {
        /// Every user who has logged in may do it; with the reason.
        case open(String)
        /// The request in the oldest version served, the refusal, and the fields before it in the answer.
        case guarded(Body, ErrorCode, after: [Field])
        /// What the user may not see is left out of an array.
        case filtered(Body, after: [Field])
    }

    private enum Field { case int16, int32, int64, string, name, topic, broker }

    private static let decisions: [Int16: Decision] = [
        0: .guarded(
            Body().string(nil).int16(1).int32(0).one("t").one().int32(0).int32(-1),
            .topicAuthorizationFailed,
            after: [.topic]
        ),
        1: .guarded(fetch("t"), .topicAuthorizationFailed, after: [.int32, .topic]),
        2: .guarded(
            Body().int32(-1).one("t").one().int32(0).int64(-1),
            .topicAuthorizationFailed,
            after: [.topic]
        ),
        3: .guarded(Body().one("t"), .topicAuthorizationFailed, after: [.broker, .int32]),
        8: .guarded(
            Body().string("g").int32(-1).string("").int64(0).one("t").one().int32(0).int64(0).string(""),
            .groupAuthorizationFailed,
            after: [.topic]
        ),
        9: .guarded(
            Body().string("g").one("t").one().int32(0),
            .groupAuthorizationFailed,
            after: [.topic, .int64, .string]
        ),
        10: .guarded(Body().string("g"), .groupAuthorizationFailed, after: []),
        11: .guarded(
            Body().string("g").int32(1).string("").string("consumer").int32(0),
            .groupAuthorizationFailed,
            after: []
        ),
        12: .guarded(Body().string("g").int32(0).string("m"), .groupAuthorizationFailed, after: []),
        13: .guarded(Body().string("g").string("m"), .groupAuthorizationFailed, after: []),
        14: .guarded(Body().string("g").int32(0).string("m").int32(0), .groupAuthorizationFailed, after: []),
        15: .guarded(Body().one("g"), .groupAuthorizationFailed, after: [.int32]),
        16: .filtered(Body(), after: [.int16]),
        17: .open("it is the login"),
        18: .open("the login begins with it"),
        19: .guarded(
            Body().one("new").int32(1).int16(1).int32(0).int32(0).int32(0).int8(1),
            .topicAuthorizationFailed,
            after: [.int32, .name]
        ),
        20: .guarded(Body().one("t").int32(0), .topicAuthorizationFailed, after: [.int32, .name]),
        21: .guarded(
            Body().one("t").one().int32(0).int64(0).int32(0),
            .topicAuthorizationFailed,
            after: [.int32, .topic, .int64]
        ),
        22: .guarded(Body().string(nil).int32(1000), .clusterAuthorizationFailed, after: [.int32]),
        23: .guarded(
            Body().one("t").one().int32(0).int32(0).int32(0),
            .topicAuthorizationFailed,
            after: [.int32, .name, .int32]
        ),
        24: .guarded(
            Body().string("x").int64(1).int16(0).one("t").one().int32(0),
            .transactionalIDAuthorizationFailed,
            after: [.int32, .topic]
        ),
        25: .guarded(
            Body().string("x").int64(1).int16(0).string("g"),
            .transactionalIDAuthorizationFailed,
            after: [.int32]
        ),
        26: .guarded(
            Body().string("x").int64(1).int16(0).int8(1),
            .transactionalIDAuthorizationFailed,
            after: [.int32]
        ),
        28: .guarded(
            Body().string("x").string("g").int64(1).int16(0).one("t").one().int32(0).int64(0).string(""),
            .transactionalIDAuthorizationFailed,
            after: [.int32, .topic]
        ),
        32: .guarded(
            Body().one().int8(2).string("t").int32(-1).int8(0),
            .topicAuthorizationFailed,
            after: [.int32, .int32]
        ),
        33: .guarded(
            Body().one().int8(2).string("t").int32(0).int8(0),
            .topicAuthorizationFailed,
            after: [.int32, .int32]
        ),
        35: .filtered(Body().int32(-1), after: [.int32]),
        36: .open("it is the login"),
        37: .guarded(
            Body().one("t").int32(2).int32(-1).int32(0).int8(1),
            .topicAuthorizationFailed,
            after: [.int32, .name]
        ),
        42: .guarded(Body().one("g"), .groupAuthorizationFailed, after: [.int32, .name]),
        44: .guarded(
            Body().one().int8(2).string("t").int32(0).int8(0),
            .topicAuthorizationFailed,
            after: [.int32, .int32]
        ),
        47: .guarded(Body().string("g").one("t").one().int32(0), .groupAuthorizationFailed, after: []),
        60: .open("a client that has logged in knows where the broker is"),
    ]

    private static func fetch(_ topic: String) -> Body {
        Body().int32(-1).int32(0).int32(0).int32(1000).int8(0).one(topic).one().int32(0).int64(0).int32(1000)
    }

    private static func skip(_ fields: [Field], in answer: inout WireReader) throws {
        for field in fields {
            switch field {
            case .int16: _ = try answer.read(Int16.self)
            case .int32: _ = try answer.read(Int32.self)
            case .int64: _ = try answer.read(Int64.self)
            case .string: _ = try answer.string()
            case .name: try skip([.int32, .string], in: &answer)
            case .topic: try skip([.name, .int32, .int32], in: &answer)
            case .broker: try skip([.int32, .int32, .string, .int32], in: &answer)
            }
        }
    }

    @Test func everyAPIRefusesUsersWithoutTheRightAndNobodyElse() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "dcmms-node-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let node = try node(folder, access: "super admin")
        try await node.open()
        for api in API.all {
            let decision = try #require(Self.decisions[api.key], "\(api.name): who may? decide it, and say so here")
            for user in ["nobody", "admin"] {
                try await node.prepare()
                let isRefused: Bool
                switch decision {
                case .open: continue
                case .guarded(let body, let refusal, let before):
                    var answer = try await node.answer(api, body, as: user)
                    try Self.skip(before, in: &answer)
                    isRefused = try answer.read(Int16.self) == refusal.rawValue
                case .filtered(let body, let before):
                    var answer = try await node.answer(api, body, as: user)
                    try Self.skip(before, in: &answer)
                    isRefused = try answer.read(Int32.self) == 0
                }
                #expect(isRefused == (user == "nobody"), "\(api.name), \(user)")
            }
        }
        await node.close()
    }

    @Test func beforeTheLoginClientsCanOnlyLogIn() {
        #expect(API.forStrangers == [17, 18, 36])
    }

    @Test func theBrokersOwnTopicsAreClosed() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "dcmms-node-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let node = try node(folder, access: "super admin\nallow eve Read,Write,Alter,Delete,Create topic *")
        try await node.open()
        try await node.prepare()
        for (key, user, isRefused) in [(Int16(1), "eve", true), (1, "admin", false), (0, "admin", true)] {
            let produce = Body().string(nil).int16(1).int32(0).one(Node.offsetsTopic).one().int32(0).int32(-1)
            let body = key == 0 ? produce : Self.fetch(Node.offsetsTopic)
            var answer = try await node.answer(try #require(API.byKey[key]), body, as: user)
            try Self.skip(key == 0 ? [.topic] : [.int32, .topic], in: &answer)
            let error = try answer.read(Int16.self)
            #expect((error == ErrorCode.topicAuthorizationFailed.rawValue) == isRefused, "\(key) \(user)")
        }
        await node.close()
    }

    @Test func aUserWhoAsksForAllTopicsSeesOnlyAllowedOnes() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "dcmms-node-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let node = try node(folder, access: "super admin\nallow alice Read topic a.*")
        try await node.open()
        try await node.make(["a.1", "b.1"])
        let metadata = try #require(API.byKey[3])
        for (user, expected) in [("alice", ["a.1"]), ("admin", ["a.1", "b.1"]), ("nobody", [])] {
            let seen = try await node.answer(metadata, Body().int32(0), as: user).topics()
            #expect(seen.map(\.name) == expected, "\(user)")
        }
        // A topic that is named is refused whether it exists or not, and is not created.
        // A user who may describe a topic may not create it.
        for name in ["b.1", "b.2", "a.2"] {
            let seen = try await node.answer(metadata, Body().one(name), as: "alice").topics()
            #expect(seen.map(\.error) == [ErrorCode.topicAuthorizationFailed.rawValue], "\(name)")
        }
        #expect(await node.names() == ["a.1", "b.1"])
        await node.close()
    }

    private func node(_ folder: URL, access: String) throws -> Node {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = folder.appending(path: "access")
        try Data(access.utf8).write(to: file)
        var settings = Settings()
        settings.data = folder.appending(path: "data").path
        settings.access = file.path
        return try Node(
            settings: settings,
            eventLoop: MultiThreadedEventLoopGroup.singleton.next(),
            logger: Logger(label: "test")
        )
    }
}

extension Node {
    /// A topic and a group for the requests.
    fileprivate func prepare() throws {
        if topics["t"] == nil { try createTopic("t", partitions: 1) }
        let partition = TopicPartition(topic: "t", partition: 0)
        let committed = CommittedOffset(offset: 0, leaderEpoch: -1, metadata: "", timestamp: now)
        try commit([OffsetRecord(group: "g", partition: partition, committed: committed)])
    }

    fileprivate func names() -> [String] { topics.keys.sorted() }

    fileprivate func make(_ names: [String]) throws {
        for name in names { try createTopic(name, partitions: 1) }
    }

    fileprivate func answer(_ api: API, _ body: Body, as user: String) async throws -> WireReader {
        let session = Session(peer: "127.0.0.1", isEncrypted: false, login: .none)
        session.admit(user)
        var rest = Body().string(nil).buffer  // client id
        rest.writeImmutableBuffer(body.buffer)
        var start = Body().int16(api.key).int16(api.versions.lowerBound).int32(1).buffer
        let request = try Request(api, Request.Header(&start), rest: rest, session: session)
        var response = WireWriter(isFlexible: api.isFlexible(api.versions.lowerBound))
        try await api.handle(self, request, &response)
        return WireReader(response.buffer, isFlexible: false)
    }
}

extension WireReader {
    /// The topics of a Metadata answer in version 0.
    fileprivate consuming func topics() throws -> [(error: Int16, name: String)] {
        _ = try array { (try $0.read(Int32.self), try $0.string(), try $0.read(Int32.self)) }
        return try array { reader in
            let topic = (error: try reader.read(Int16.self), name: try reader.string())
            _ = try reader.array { partition in
                _ = (try partition.read(Int16.self), try partition.read(Int32.self), try partition.read(Int32.self))
                _ = try partition.array { try $0.read(Int32.self) }
                _ = try partition.array { try $0.read(Int32.self) }
            }
            return topic
        }
    }
}
