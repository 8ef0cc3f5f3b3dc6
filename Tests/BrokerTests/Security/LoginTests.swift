import Foundation
import LocalServers
import NIOCore
import Testing

@testable import Broker

/// Logging in over the wire, and every wrong way of doing it.
@Suite struct LoginTests {
    private static let refused = ErrorCode.saslAuthenticationFailed.rawValue

    @Test func bothMechanismsRequireTheRightPassword() async throws {
        let broker = try await GuardedBroker(users: ["alice"], rules: "")
        let port = broker.port
        for mechanism in ["PLAIN", "SCRAM-SHA-256"] {
            try await RawClient.connect(port) { client in
                let answer1 = try await client.login(mechanism, "alice", GuardedBroker.password)?.error
                #expect(answer1 == 0)
                let answer2 = try await client.ask(3, 0, Body().int32(0))
                #expect(answer2 != nil)
            }
            var answers: [RawClient.Answer?] = []
            for user in ["alice", "nobody"] {
                try await RawClient.connect(port) { client in
                    answers.append(try await client.login(mechanism, user, "wrong"))
                    // The refusal ends the connection.
                    let answer3 = try await client.ask(18, 0)
                    #expect(answer3 == nil)
                }
            }
            // An unknown user gets exactly the same answer as a known one.
            #expect(answers[0] == answers[1])
            #expect(answers[0]?.error == Self.refused && answers[0]?.token == "")
        }
        let log = try String(contentsOf: broker.process.log, encoding: .utf8)
        #expect(log.contains("login refused") && !log.contains("wrong") && !log.contains(GuardedBroker.password))
        await broker.process.end()
    }

    @Test(arguments: [("127.0.0.1", false, true), ("192.0.2.1", true, true), ("192.0.2.1", false, false)])
    func aPlainPasswordIsRefusedWhereOthersCanListen(_ peer: String, isEncrypted: Bool, isTaken: Bool) async throws {
        for isAllowed in [false, true] {
            let node = try NodeFolder().node(allowsPlainWithoutTLS: isAllowed)
            let offered = await node.mechanisms(for: Session(peer: peer, isEncrypted: isEncrypted, login: .none))
            #expect(offered.contains("PLAIN") == (isTaken || isAllowed))
            #expect(offered.contains("SCRAM-SHA-256"))
            await node.close()
        }
    }

    @Test func nothingIsAnsweredBeforeTheLogin() async throws {
        let broker = try await GuardedBroker(users: ["alice"], rules: "super alice")
        for api in API.all where !API.forStrangers.contains(api.key) {
            try await RawClient.connect(broker.port) { client in
                let answer4 = try await client.ask(18, 0)
                #expect(answer4 != nil)
                let answer5 = try await client.ask(api.key, api.versions.lowerBound)
                #expect(answer5 == nil, "\(api.name)")
            }
        }
        // Nothing is answered in the middle of a login or after an unfinished one either.
        try await RawClient.connect(broker.port) { client in
            let answer6 = try await client.handshake("SCRAM-SHA-256")
            #expect(answer6 == 0)
            let answer7 = try await client.authenticate("n,,n=alice,r=abc")?.error
            #expect(answer7 == 0)
            let answer8 = try await client.ask(3, 0, Body().int32(0))
            #expect(answer8 == nil)
        }
        await broker.process.end()
    }

    @Test func stepsOutOfOrderAreRefused() async throws {
        let broker = try await GuardedBroker(users: ["alice"], rules: "")
        let illegal = ErrorCode.illegalSASLState.rawValue
        try await RawClient.connect(broker.port) { client in
            let answer9 = try await client.authenticate("\0alice\0\(GuardedBroker.password)")?.error
            #expect(answer9 == illegal)
            let answer10 = try await client.ask(18, 0)
            #expect(answer10 == nil)
        }
        try await RawClient.connect(broker.port) { client in
            let error = try await client.handshake("GSSAPI")
            #expect(error == ErrorCode.unsupportedSASLMechanism.rawValue)
            let next = try await client.ask(18, 0)
            #expect(next == nil)
        }
        try await RawClient.connect(broker.port) { client in
            let first = try await client.plain("alice", GuardedBroker.password)
            let second = try await client.handshake("PLAIN")
            #expect(first?.error == 0 && second == illegal)
        }
        await broker.process.end()
    }

    @Test func aRecordedLoginCannotBeReplayed() async throws {
        let broker = try await GuardedBroker(users: ["alice"], rules: "")
        var recorded = ""
        try await RawClient.connect(broker.port) { client in
            _ = try await client.handshake("SCRAM-SHA-256")
            let first = try #require(try await client.authenticate("n,,n=alice,r=abc"))
            recorded = try RawClient.scramFinal(
                "alice",
                GuardedBroker.password,
                nonce: "abc",
                serverFirst: first.token
            )
            let answer11 = try await client.authenticate(recorded)?.error
            #expect(answer11 == 0)
        }
        try await RawClient.connect(broker.port) { client in
            _ = try await client.handshake("SCRAM-SHA-256")
            _ = try await client.authenticate("n,,n=alice,r=abc")
            let answer12 = try await client.authenticate(recorded)?.error
            #expect(answer12 == Self.refused)
        }
        await broker.process.end()
    }

    @Test func aLoginInTheOldestFormWorks() async throws {
        let broker = try await GuardedBroker(users: ["alice"], rules: "")
        for (password, isRight) in [(GuardedBroker.password, true), ("wrong", false)] {
            try await RawClient.connect(broker.port) { client in
                let error = try await client.handshake("PLAIN", version: 0)
                #expect(error == 0)
                let answer = try await client.send(ByteBuffer(string: "\0alice\0\(password)"))
                #expect(answer == (isRight ? ByteBuffer() : nil))
                #expect((try await client.ask(3, 0, Body().int32(0)) != nil) == isRight)
            }
        }
        await broker.process.end()
    }

    @Test func sizeAndTimeAreLimitedBeforeTheLogin() async throws {
        let broker = try await GuardedBroker(users: ["alice"], rules: "", ["--login-timeout-ms", "3000"])
        try await RawClient.connect(broker.port) { client in
            let answer = try await client.ask(36, 0, Body().bytes([UInt8](repeating: 65, count: 20_000)))
            #expect(answer == nil)
        }
        // A client that sends nothing is disconnected.
        try await RawClient.connect(broker.port) { client in
            let frame = try await client.next()
            #expect(frame == nil)
        }
        // A client that has logged in stays, and may send more.
        try await RawClient.connect(broker.port) { client in
            let answer13 = try await client.plain("alice", GuardedBroker.password)?.error
            #expect(answer13 == 0)
            try await eventually("the other to be sent away") {
                let log = try String(contentsOf: broker.process.log, encoding: .utf8)
                return log.contains("no login in time") ? true : nil
            }
            let answer14 = try await client.ask(3, 0, Body().one(String(repeating: "x", count: 20_000)))
            #expect(answer14 != nil)
        }
        await broker.process.end()
    }

    @Test func aChangedAccessFileTakesEffectAtOnceAndABrokenOneNever() async throws {
        let broker = try await GuardedBroker(users: ["alice"], rules: "allow alice Read topic t")
        try await RawClient.connect(broker.port) { client in
            let answer15 = try await client.plain("alice", GuardedBroker.password)?.error
            #expect(answer15 == 0)
            func log(_ text: String) async throws {
                _ = try await eventually(text) {
                    try String(contentsOf: broker.process.log, encoding: .utf8).contains(text) ? true : nil
                }
            }
            try broker.write(users: [], "alow everything")
            try await log("the former ones stay in force")
            let answer16 = try await client.ask(3, 0, Body().int32(0))
            #expect(answer16 != nil)
            // If a login is withdrawn, its session ends.
            try broker.write(users: ["bob"], "")
            try await log("read again")
            let answer17 = try await client.ask(3, 0, Body().int32(0))
            #expect(answer17 == nil)
        }
        await broker.process.end()
    }

    @Test func theToolWritesALineThatTheBrokerAccepts() async throws {
        let line = try await Tool.run([
            "/bin/sh", "-c", "printf 's3cret' | \"$0\" user alice --iterations 8192", Executables.path("dcmms-broker"),
        ])
        #expect(!line.contains("s3cret"))
        let access = try AccessFile(line).access
        #expect(try access.verifiers["alice"]?.accepts(Array("s3cret".utf8)) == true)
    }
}
