import Crypto
import Foundation
import Testing

@testable import Broker

@Suite struct AccessFileTests {
    private static let verifier = "SCRAM-SHA-256$8192:c2FsdHNhbHQ=$\(key):\(key)"
    private static let key = Data(repeating: 1, count: 32).base64EncodedString()

    @Test func nothingIsAllowedUnlessALineAllowsIt() throws {
        let access = try AccessFile(
            """
            # who
            user alice \(Self.verifier)
            super  operator   # may do everything

            allow alice Write topic orders.*
            allow alice Read,Delete group billing
            allow alice Create topic alice-log
            allow * Describe cluster
            """
        ).access
        #expect(access.verifiers.keys.sorted() == ["alice"])
        #expect(access.allows("alice", .write, .topic("orders.created")))
        #expect(access.allows("alice", .describe, .topic("orders.created")))  // a user who may write may describe
        #expect(access.allows("alice", .read, .group("billing")))
        #expect(access.allows("alice", .describe, .cluster) && access.allows("nobody", .describe, .cluster))
        #expect(access.allows("operator", .alter, .topic("anything")) && access.allows("operator", .create, .cluster))
        #expect(access.writesSomewhere("alice") && !access.writesSomewhere("nobody"))

        #expect(!access.allows("alice", .read, .topic("orders.created")))
        #expect(!access.allows("alice", .write, .topic("orders")))
        #expect(!access.allows("alice", .write, .group("orders.x")))
        #expect(!access.allows("alice", .read, .group("billing2")))
        #expect(!access.allows("alice", .describe, .topic("alice-log")))  // who may create may not describe
        #expect(!access.allows("Alice", .write, .topic("orders.created")))
        #expect(!access.allows("nobody", .write, .topic("orders.created")))
        #expect(!access.allows("alice", .create, .cluster))
    }

    @Test(
        arguments: [
            ("grant alice Read topic t", 1, "statement"), ("\n\nuser", 3, "name"), ("user alice", 1, "verifier"),
            ("user alice secret", 1, "verifier"), ("user a*b \(verifier)", 1, "name"),
            ("user alice \(verifier) more", 1, "word 4"), ("user a \(verifier)\nuser a \(verifier)", 2, "name"),
            ("super", 1, "name"), ("super *", 1, "name"), ("super a b", 1, "word 3"), ("allow alice", 1, "operations"),
            ("allow alice read topic t", 1, "operations"), ("allow alice Read,,Write topic t", 1, "operations"),
            ("allow alice All topic t", 1, "operations"), ("allow alice Read", 1, "resource"),
            ("allow alice Read topics t", 1, "resource"), ("allow alice Read topic", 1, "resource name"),
            ("allow alice Read topic a b", 1, "word 6"), ("allow alice Read cluster x", 1, "word 5"),
            ("# fine\nallow alice Read topic t\nallow alice Read tpoic t", 3, "resource"),
        ]
    )
    func anErrorNamesItsLineAndField(text: String, line: Int, field: String) {
        let error = #expect(throws: AccessFile.Invalid.self) { try AccessFile(text) }
        #expect(error?.line == line && error?.field == field, "\(String(describing: error))")
    }

    @Test func aBrokenFileDoesNotReplaceTheRules() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "dcmms-access-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data("super a".utf8).write(to: URL(fileURLWithPath: path))
        var security = try Security(access: path, tls: nil, secret: SymmetricKey(size: .bits256))
        #expect(!security.hasChanged)
        try Data("super a\nsupper b".utf8).write(to: URL(fileURLWithPath: path))
        #expect(security.hasChanged)
        #expect(throws: AccessFile.Unreadable.self) { try security.reload() }
        #expect(security.access?.isSuper("a") == true)
        #expect(!security.hasChanged)  // reported once, not every second
        try FileManager.default.removeItem(atPath: path)
        #expect(throws: AccessFile.Unreadable.self) { try security.reload() }
        #expect(security.access?.isSuper("a") == true)
        try Data("super b".utf8).write(to: URL(fileURLWithPath: path))
        #expect(security.hasChanged)
        try security.reload()
        #expect(security.access?.isSuper("b") == true && security.access?.isSuper("a") == false)
    }

    @Test func anUnknownUserLooksLikeAKnownOne() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "dcmms-access-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let real = try ScramVerifier(password: [1], salt: .random(12), iterations: 9000)
        try Data("user alice \(real)".utf8).write(to: URL(fileURLWithPath: path))
        let secret = SymmetricKey(size: .bits256)
        let first = try Security(access: path, tls: nil, secret: secret).verifier(for: "ghost")
        let second = try Security(access: path, tls: nil, secret: secret).verifier(for: "ghost")
        #expect(first.salt == second.salt && first.salt.count == 12 && first.iterations == 9000)
        #expect(first.storedKey != second.storedKey)
        let other = try Security(access: path, tls: nil, secret: secret).verifier(for: "ghost2")
        #expect(other.salt != first.salt)
        let elsewhere = try Security(access: path, tls: nil, secret: SymmetricKey(size: .bits256)).verifier(
            for: "ghost"
        )
        #expect(elsewhere.salt != first.salt)
    }
}
