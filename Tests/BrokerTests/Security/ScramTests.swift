import Foundation
import Testing

@testable import Broker

/// SCRAM without a network: the example of RFC 7677, and messages that differ from it.
@Suite struct ScramTests {
    private static let first = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO"
    private static let nonce = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
    private static let final =
        "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="

    private let verifier: ScramVerifier

    init() throws {
        let salt = try #require(Data(base64Encoded: "W22ZaJ0SNY7soEsUEjb6gQ=="))
        verifier = try ScramVerifier(password: Array("pencil".utf8), salt: [UInt8](salt), iterations: 4096)
    }

    private func answer(
        _ exchange: inout ScramExchange,
        _ message: String,
        nonce: String = Self.nonce
    ) throws(ScramExchange.Failure) -> String {
        try exchange.answer(Array(message.utf8), nonce: nonce) { _ in verifier }
    }

    @Test func theExampleOfTheRFCIsAnsweredExactly() throws {
        var exchange = ScramExchange()
        let serverFirst = try answer(&exchange, Self.first)
        #expect(
            serverFirst == "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
        )
        #expect(!exchange.isAccepted)
        let serverFinal = try answer(&exchange, Self.final)
        #expect(serverFinal == "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")
        #expect(exchange.isAccepted && exchange.user == "user")
        #expect(throws: ScramExchange.Failure.malformed) { try answer(&exchange, Self.final) }
    }

    @Test func aProofOfAnotherConversationIsRefused() throws {
        var exchange = ScramExchange()
        _ = try answer(&exchange, Self.first, nonce: "anotherServerNonce")
        #expect(throws: ScramExchange.Failure.refused) { try answer(&exchange, Self.final) }
        // The same with the right nonce: but the proof covers the former one.
        var second = ScramExchange()
        _ = try answer(&second, Self.first, nonce: "anotherServerNonce")
        let adapted = Self.final.replacing(Self.nonce, with: "anotherServerNonce")
        #expect(throws: ScramExchange.Failure.refused) { try answer(&second, adapted) }
        #expect(!exchange.isAccepted && !second.isAccepted)
    }

    /// Each with the right proof for its message. librdkafka before 2.6.1 sends the second one.
    @Test(arguments: [("abcXYZ", true), ("abcabcXYZ", true), ("abc", false), ("XYZ", false), ("abcdXYZ", false)])
    func theNonceMustBeThatOfTheConversation(said: String, isRight: Bool) throws {
        var exchange = ScramExchange()
        let first = try answer(&exchange, "n,,n=user,r=abc", nonce: "XYZ")
        let final = try RawClient.scramFinal("user", "pencil", nonce: "abc", serverFirst: first, saying: said)
        _ = try? answer(&exchange, final)
        #expect(exchange.isAccepted == isRight)
    }

    @Test func aTruncatedOrChangedMessageIsNeverAccepted() throws {
        for length in 0..<Self.first.count {
            var exchange = ScramExchange()
            let isTaken = (try? answer(&exchange, String(Self.first.prefix(length)))) != nil
            // When it is cut within the nonce, it is a complete message with another nonce.
            #expect(isTaken == (length > "n,,n=user,r=".count), "\(length)")
            #expect(throws: ScramExchange.Failure.self) { try answer(&exchange, Self.final) }
        }
        for index in 0..<Self.final.count {
            var (cut, changed) = (ScramExchange(), ScramExchange())
            _ = try answer(&cut, Self.first)
            _ = try answer(&changed, Self.first)
            #expect(throws: ScramExchange.Failure.self) { try answer(&cut, String(Self.final.prefix(index))) }
            var bytes = Array(Self.final.utf8)
            bytes[index] ^= 1
            let message = String(decoding: bytes, as: UTF8.self)
            #expect(throws: ScramExchange.Failure.self, "\(message)") { try answer(&changed, message) }
            #expect(!cut.isAccepted && !changed.isAccepted)
        }
    }

    @Test(
        arguments: [
            "p=tls-unique,,n=user,r=abc", "n,a=root,n=user,r=abc", "n,,m=x,n=user,r=abc", "n,,n=,r=abc",
            "n,,n=us=er,r=abc",
            "n,,n=user", "n,,r=abc,n=user", "", ",", "n,,n=user,r=a\u{7}b",
        ]
    )
    func anInvalidFirstMessageIsRefused(message: String) {
        var exchange = ScramExchange()
        #expect(throws: ScramExchange.Failure.self) { try answer(&exchange, message) }
    }

    @Test func escapedNamesAreDecoded() throws {
        var exchange = ScramExchange()
        _ = try answer(&exchange, "y,a=a=2Cb=3Dc,n=a=2Cb=3Dc,r=abc")
        #expect(exchange.user == "a,b=c")
    }

    @Test func aVerifierReadFromItsTextKnowsItsPassword() throws {
        let made = try ScramVerifier(password: Array("s3cret".utf8), salt: .random(18), iterations: 8192)
        let read = try #require(ScramVerifier("\(made)"))
        #expect(read == made)
        #expect(try read.accepts(Array("s3cret".utf8)))
        #expect(try !read.accepts(Array("s3creT".utf8)))
        #expect(!"\(made)".contains("s3cret"))
        #expect(ScramVerifier("\(made)".replacing("$8192:", with: "$8191:")) == nil)
    }

    @Test func aFailedLoginWaitsLongerEachTimeAndNobodyElseDoes() {
        var failures = FailedLogins()
        let delays = (0..<8).map { failures.delay("mallory", from: "192.0.2.1", now: Int64($0)) }
        #expect(delays == [100, 200, 400, 800, 1600, 3200, 5000, 5000])
        #expect(failures.delay("alice", from: "192.0.2.1", now: 9) == 100)
        #expect(failures.delay("mallory", from: "192.0.2.2", now: 9) == 100)
        #expect(failures.delay("mallory", from: "192.0.2.1", now: 70_000) == 100)
        for index in 0..<5000 { _ = failures.delay("\(index)", from: "192.0.2.3", now: 70_001) }
        failures.forget("mallory", from: "192.0.2.1")
        #expect(failures.delay("mallory", from: "192.0.2.1", now: 70_002) == 100)
    }
}
